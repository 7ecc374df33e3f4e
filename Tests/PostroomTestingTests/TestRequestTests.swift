import FoundationEssentials
import Postroom
import PostroomTesting
import Testing

@Suite("Requests and events made for tests")
struct TestRequestTests {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)

    private static func secrets(_ source: Source) -> [Secret] {
        switch SourceRegistry.builtIn.definition(of: source)?.scheme {
        case .standardWebhooks: [Secret("whsec_c2VjcmV0LW9uZQ=="), Secret("whsec_c2VjcmV0LXR3bw==")]
        // Key pairs of Ed25519 whose private halves are 32 bytes of 1 and of 2.
        case _ where source == .discord:
            [
                Secret(
                    "01010101010101010101010101010101010101010101010101010101010101018a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
                ),
                Secret(
                    "02020202020202020202020202020202020202020202020202020202020202028139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"
                ),
            ]
        default: [Secret("one"), Secret("two")]
        }
    }

    private static func isAuthentic(_ request: TestRequest, _ source: Source, _ secret: Secret) throws -> Bool {
        let verifier = try SourceRegistry.builtIn.verifier(for: source, secrets: [secret])
        let headers = Headers([(name: "host", value: "localhost")] + request.headers)
        let received = WebhookRequest(target: request.path, headers: headers, body: request.body)
        let verdict = verifier.verify(received, now: now)
        guard case .authentic = verdict else { return false }
        return true
    }

    @Test(
        "a request is authentic for its source, and goes to its endpoint",
        arguments: SourceRegistry.builtIn.definitions.filter { $0.scheme != .configured }.map(\.source)
    )
    func authentic(source: Source) throws {
        let type =
            SourceRegistry.builtIn.events(of: source).last?.eventType
            ?? (source == .twilio ? "call.busy" : "invoice.paid")
        let secrets = Self.secrets(source)
        let request = try TestRequest.signed(source, type, secrets: secrets, endpoint: "in", now: Self.now)
        #expect(request.method == "POST")
        #expect(request.path.hasPrefix("/hooks/in"))
        #expect(try Self.isAuthentic(request, source, secrets[0]))
        let takesSeveral = SourceRegistry.builtIn.definition(of: source)?.scheme.carriesSeveralSignatures
        #expect(try Self.isAuthentic(request, source, secrets[1]) == takesSeveral, "each secret signs where it can")
        #expect(
            SourceRegistry.builtIn.rules(for: source).identify(headers: Headers(request.headers), body: request.body)
                .eventType == type
        )

        let spoiled = try TestRequest.signed(
            source,
            body: request.body,
            secrets: secrets,
            now: Self.now,
            isInvalid: true
        )
        #expect(spoiled.path.hasPrefix("/hooks/\(source)"))
        #expect(try !Self.isAuthentic(spoiled, source, secrets[0]))
    }

    @Test(
        "a sample of every event type is an event of that type",
        arguments: SourceRegistry.builtIn.definitions.map(\.source)
    )
    func samples(source: Source) throws {
        for entry in SourceRegistry.builtIn.events(of: source) {
            let event = try Event.sample(source, entry.eventType)
            #expect(event.type == entry.eventType)
            #expect(!event.idempotencyKey.isEmpty)
            #expect(throws: Never.self) { try EventDecoder(entry.swiftType).decode(event) }
        }
    }

    @Test("the same seed makes the same event, another one another")
    func seeds() throws {
        let events = try [UInt64(1), 1, 2].map { try Event.sample(.wacht, "user.created", seed: $0) }
        #expect(events[0].body == events[1].body)
        #expect(events[0].body != events[2].body)
        #expect(events[0].idempotencyKey == events[1].idempotencyKey)
        #expect(events[0].idempotencyKey != events[2].idempotencyKey)
    }

    @Test("a body of one's own is identified by its source's rules")
    func own() {
        let event = Event.received(
            from: .standardWebhooks,
            body: #"{"type":"invoice.paid"}"#,
            headers: [("webhook-id", "msg_7")]
        )
        #expect(event.type == "invoice.paid")
        #expect(event.idempotencyKey == "msg_7")
        #expect(Event.received(from: .bearer, body: [0xFF]).type == nil)
    }

    @Test("an event type that the catalogue does not have is said")
    func unknown() {
        let problem = #expect(throws: TrialProblem.self) { try Event.sample(.wacht, "user.craeted") }
        #expect(problem?.description.contains("'user.craeted' from wacht") == true)
    }
}
