import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// Signs a body and says what a verifier makes of it.
struct SignedAttempt {
    let source: Source
    let body: String
    let headers: [(name: String, value: String)]

    init(
        _ source: Source,
        _ secret: String,
        _ body: String,
        id: String = "msg_1",
        at seconds: Double = 1_773_568_800
    ) throws {
        let secret = Secret(secret)
        let bytes = Array(body.utf8)
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: bytes, id: id, now: unix(seconds)),
            as: source,
            secrets: [secret]
        )
        self.source = source
        self.body = body
        self.headers = request.headers
    }

    func verdict(
        _ secrets: [String],
        body: String? = nil,
        headers: [(name: String, value: String)]? = nil,
        at seconds: Double = 1_773_568_800
    ) throws -> Verdict {
        try SourceRegistry.builtIn.verifier(for: source, secrets: secrets.map { Secret($0) })
            .verify(
                headers: Headers(headers ?? self.headers),
                body: Array((body ?? self.body).utf8),
                now: unix(seconds)
            )
    }

    var key: String {
        identity(source, body, headers: Headers(headers)).idempotencyKey
    }
}
