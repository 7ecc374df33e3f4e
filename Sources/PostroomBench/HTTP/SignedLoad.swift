import FoundationEssentials
import PostroomCore
import PostroomReceiver
import PostroomSources

/// The requests of a bench over HTTP, and the endpoint that believes them.
///
/// The signature is the HMAC of the body alone, so that one signature serves any number of requests: each has an
/// idempotency key of its own in a header, and the load generator has nothing to compute. The receiver verifies, scans
/// and identifies every one of them as it would those of the source.
struct SignedLoad: Sendable {
    /// The part of the key before the number.
    let head: String
    /// The part after it.
    let tail: [UInt8]
    let endpoint: ReceiverEndpoint

    init(_ load: Load) throws {
        let secret = Secret("a secret that anybody may know")
        let verifier = try SourceRegistry.builtIn.verifier(for: .hmacSHA256, secrets: [secret])
        let request = UnsignedRequest(body: load.body, id: "", now: Date(timeIntervalSince1970: 0))
        let signed = try SourceRegistry.builtIn.sign(request, as: .hmacSHA256, secrets: [secret])
        let fields = signed.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        head =
            "POST /hooks/\(load.endpoint) HTTP/1.1\r\nhost: 127.0.0.1\r\n\(fields)"
            + "content-length: \(load.body.count)\r\nwebhook-id: bench-"
        tail = Array("\r\n\r\n".utf8) + load.body
        endpoint = ReceiverEndpoint(
            name: load.endpoint,
            source: load.source,
            rules: SourceRegistry.builtIn.rules(for: load.source),
            verify: { request, now in
                switch verifier.verify(request, now: now) {
                case .authentic: .authentic()
                case .handshake(let response): .handshake(response)
                case .refused(let reason): .refused(Refusal(reason: reason.rawValue))
                }
            }
        )
    }

    /// The bytes of the request with that number.
    func request(_ number: Int) -> [UInt8] {
        Array("\(head)\(number)".utf8) + tail
    }
}
