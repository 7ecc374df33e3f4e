import PostroomCore

/// An endpoint of a run, with a secret that guards nothing.
struct ChaosEndpoint: Hashable, Sendable {
    let name: String
    let source: Source
    let secret: String

    /// One for each way to sign, and two of one source.
    static let all = [
        ChaosEndpoint(name: "chaos-wacht", source: .wacht, secret: key),
        ChaosEndpoint(name: "chaos-wacht-2", source: .wacht, secret: key),
        ChaosEndpoint(name: "chaos-nyuchi", source: .nyuchi, secret: "chaos-nyuchi-secret-that-guards-nothing"),
        ChaosEndpoint(name: "chaos-standard", source: .standardWebhooks, secret: key),
        hmac,
        ChaosEndpoint(name: "chaos-bearer", source: .bearer, secret: "chaos-bearer-token-that-guards-nothing"),
    ]

    /// The endpoint whose deliveries are all of the run's own making.
    static let hmac = ChaosEndpoint(
        name: "chaos-hmac",
        source: .hmacSHA256,
        secret: "chaos-hmac-secret-that-guards-nothing"
    )

    /// 32 bytes in base64.
    private static let key = "whsec_Y2hhb3Mgc2VjcmV0IHRoYXQgZ3VhcmRzIG5vdGhpbmc="
}
