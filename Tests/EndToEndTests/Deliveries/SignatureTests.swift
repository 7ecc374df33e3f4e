import FoundationEssentials
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources
import ProgramHarness
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Signatures")
struct SignatureTests {
    /// A request whose signature somebody else computed.
    struct Vector: Sendable, CustomTestStringConvertible {
        let source: Source
        let secret: String
        var id: String
        var time: Int
        var body: String
        var signature: String

        var testDescription: String { "\(source) \(id)" }

        var headers: [(name: String, value: String)] {
            [
                ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(time)),
                ("webhook-signature", signature),
            ]
        }

        func with(_ change: (inout Vector) -> Void) -> Vector {
            var changed = self
            change(&changed)
            return changed
        }
    }

    /// The vectors that the specification's libraries and a producer publish.
    static let vectors = [
        Vector(
            source: .standardWebhooks,
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            time: 1_614_265_330,
            body: "{\"test\": 2432232314}",
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        ),
        Vector(
            source: .standardWebhooks,
            secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            time: 1_649_367_553,
            body: "{\"email\":\"test@example.com\",\"username\":\"test_user\"}",
            signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        ),
        Vector(
            source: .anthropic,
            secret: "whsec_c2VjcmV0Cg==",
            id: "whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            time: 1_773_568_800,
            body: """
                {"id":"whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0","created_at":"2026-03-15T10:00:00Z","data":{"id":\
                "sesn_011CZkZAtmR3yMPDzynEDxu7","organization_id":"org_011CZkZZAe0sMna4vkBdtrfx","type":\
                "session.status_idled","workspace_id":"wrkspc_011CZkZaBF1tNoB5wlCeusgy"},"type":"event"}
                """,
            signature: "v1,YunRpM14wPHe8sMDuEeZVa/YijpgKtXgHBZzex3fEP0="
        ),
    ]

    @Test(
        "a delivery signed by the published Standard Webhooks vector is accepted, and a changed byte is refused with 401",
        arguments: vectors
    )
    func publishedVectors(_ vector: Vector) async throws {
        try await TestInbox.with { inbox in
            try await withReceiver(for: vector, storingIn: inbox.inbox) { sender in
                let changed = [
                    (
                        "a byte of the body",
                        vector.with { $0.body = $0.body.replacing("e", with: "f", maxReplacements: 1) }
                    ),
                    ("a byte after the body", vector.with { $0.body += "\n" }),
                    ("the id", vector.with { $0.id += "0" }),
                    ("the time, within the tolerance", vector.with { $0.time += 1 }),
                    ("the time, outside the tolerance", vector.with { $0.time -= 301 }),
                    ("the signature", vector.with { $0.signature = $0.signature.replacing("=", with: "") + "A=" }),
                    ("the signature's version", vector.with { $0.signature.replace("v1,", with: "v2,") }),
                    ("all of the signature", vector.with { $0.signature = "" }),
                ]
                for (what, request) in changed {
                    let answer = try await sender.post(request.headers, Array(request.body.utf8), to: "vector")
                    #expect(answer.status == 401, "\(what)")
                    #expect(try await inbox.count("SELECT count(*) FROM postroom.delivery") == 0, "\(what)")
                    #expect(try await inbox.count("SELECT count(*) FROM postroom.idempotency_key") == 0, "\(what)")
                }

                let body = Array(vector.body.utf8)
                let first = try await sender.post(vector.headers, body, to: "vector")
                #expect(first.status == 200)
                #expect(first.isDuplicate == false)
                let second = try await sender.post(vector.headers, body, to: "vector")
                #expect(second.status == 200)
                #expect(second.isDuplicate == true)
                #expect(second.id == first.id)

                let rows = try await inbox.query(
                    "SELECT id, encode(body, 'hex'), idempotency_key, convert_from(headers, 'LATIN1') FROM postroom.delivery"
                )
                #expect(rows.count == 1)
                let row = try #require(rows.first)
                #expect(row[0] == first.id.map(String.init))
                #expect(row[1] == body.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined())
                #expect(row[2] == vector.id)
                for header in vector.headers {
                    #expect(row[3]?.lowercased().contains("\(header.name): \(header.value)\n".lowercased()) == true)
                }
            }
        }
    }

    /// Receives on a free port at the vector's time.
    private func withReceiver(
        for vector: Vector,
        storingIn inbox: Inbox,
        _ body: (Sender) async throws -> Void
    ) async throws {
        let verifier = try SourceRegistry.builtIn.verifier(for: vector.source, secrets: [Secret(vector.secret)])
        let endpoint = ReceiverEndpoint(
            name: "vector",
            source: vector.source,
            rules: SourceRegistry.builtIn.rules(for: vector.source),
            verify: { request, now in
                switch verifier.verify(request, now: now) {
                case .authentic: .authentic()
                case .handshake(let response): .handshake(response)
                case .refused(let reason): .refused(Refusal(reason: reason.rawValue))
                }
            }
        )
        let now = Date(timeIntervalSince1970: Double(vector.time))
        let receiver = Receiver(
            configuration: ReceiverConfiguration(host: "127.0.0.1", port: 0),
            endpoints: [endpoint],
            store: inbox,
            metrics: PrometheusMetrics(),
            logger: .silent,
            now: { now }
        )
        let group = ServiceGroup(configuration: .init(services: [receiver], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(Sender(port: try await receiver.boundAddress().port)))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try outcome.get()
            try await tasks.waitForAll()
        }
    }
}
