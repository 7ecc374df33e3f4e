import FoundationEssentials
import Postroom
import PostroomTesting
import Testing

/// Everything here is what a user can write: nothing of the modules is seen that a product does not export.
@Suite("A source of one's own")
struct OwnSourceTests {
    enum Shop: WebhookSource {
        static let definition = SourceDefinition(
            source: "shop",
            summary: "a shop: orders",
            scheme: .row(SignatureScheme(.header("X-Shop-Signature"), .plain(prefix: ""), .base64)),
            sensitivePaths: ["order.card"]
        )
        static let locations = EventLocations(
            eventType: [[.header("X-Shop-Topic")]],
            idempotencyKey: [[.json("order.delivery")]],
            orderingKey: [[.literal("order"), .json("order.id")]],
            time: [.json("order.at")]
        )
        static let events = [
            CatalogueEntry(OrderPaid.self, "an order was paid") { values in
                #"{"order":{"id":"\#(values.number(1...9))","at":"\#(values.timestamp())","card":"4111111111111111"}}"#
            }
        ]
    }

    /// An order, which has a note only sometimes.
    struct OrderPaid: JSONEvent {
        static let source = Shop.source
        static let eventTypes = ["order.paid", "order.paid.*"]

        let id: String
        let note: Field<String>
        let lines: Field<[Line]>
        let oddities: [EventOddity]

        init(_ json: JSONReader) throws(UndecodableEvent) {
            let order = try json.members("order")
            id = try order.id("id")
            note = order.field("note")
            lines = order.list("lines")
            oddities = json.oddities
        }
    }

    struct Line: JSONObjectReadable, Hashable, Sendable {
        let sku: SKU
        let count: Int?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            sku = try json.value("sku")
            count = json.expected("count")
        }
    }

    /// A value with a form of its own.
    struct SKU: JSONReadable, Hashable, Sendable {
        let text: String

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            guard let text = value.string, text.hasPrefix("S-") else {
                throw path.misfit("a SKU", found: value)
            }
            self.text = text
        }
    }

    private let sources = SourceRegistry(Shop.self)

    private func event(_ body: String, _ type: String = "order.paid") -> Event {
        .received(from: "shop", body: body, headers: [("X-Shop-Topic", type)], sources: sources)
    }

    @Test("signs its samples, puts type and key where its places say, and vouches for them")
    func samples() throws {
        let secret = Secret("a secret of the shop")
        let request = try TestRequest.signed("shop", "order.paid", secrets: [secret], sources: sources)
        let verifier = try sources.verifier(for: "shop", secrets: [secret])
        #expect(verifier.verify(headers: Headers(request.headers), body: request.body, now: Date()) == .authentic)
        #expect(
            verifier.verify(headers: Headers(request.headers), body: request.body + [32], now: Date()) != .authentic
        )
        let identity = sources.rules(for: "shop").identify(headers: Headers(request.headers), body: request.body)
        #expect(identity.eventType == "order.paid")
        #expect(identity.idempotencyKey.hasPrefix("evt_"))
        let shown = String(decoding: sources.redacted(body: request.body, source: "shop").bytes, as: UTF8.self)
        #expect(!shown.contains("4111") && shown.contains("•••"))
        let event = try Event.sample("shop", "order.paid", sources: sources)
        #expect(event.details.orderingKey?.hasPrefix("order:") == true)
        #expect(event.details.occurredAt != nil)
        #expect(try sources.typedEvent(of: event.delivery) is OrderPaid)
        #expect(throws: TrialProblem.self) { try Event.sample("shop", "order.lost", sources: sources) }
        #expect(throws: TrialProblem.self) { try Event.sample("shop", "order.paid") }
    }

    @Test("reads its fields with paths, and tells absent, null and empty apart")
    func reading() throws {
        let plain = try event(#"{"order":{"id":17,"note":null,"lines":[]}}"#).decode(as: OrderPaid.self)
        #expect(plain.id == "17" && plain.note == .null && plain.lines == .value([]))
        #expect(plain.oddities.isEmpty)
        let other = try event(#"{"order":{"id":"a","note":7,"lines":[{"sku":"S-1"}]}}"#).decode(as: OrderPaid.self)
        #expect(other.note == .absent && other.lines.value?.first?.sku.text == "S-1")
        #expect(other.oddities.map(\.path) == ["order.note", "order.lines[0].count"])
        let misread = try event(#"{"order":{"id":"a","lines":[{"sku":"X"}]}}"#).decode(as: OrderPaid.self)
        #expect(misread.lines == .absent)
        #expect(misread.oddities.map(\.description) == ["order.lines[0].sku: expected a SKU, found a string"])
    }

    @Test(
        "a misfit names its path and nothing of the body",
        arguments: [
            (#"{"order":{}}"#, "order.id"), (#"{"order":{"id":{}}}"#, "order.id"), (#"{"order":[]}"#, "order"),
            (#"{"order":{"id":"a","id":"b"}}"#, "order.id"), (#"{"order":{"id":"secret"}"#, ""), ("[]", ""),
            (String(repeating: #"{"order":"#, count: 200) + "1" + String(repeating: "}", count: 200), ""),
        ]
    )
    func misfits(body: String, path: String) {
        let misfit = #expect(throws: UndecodableEvent.self) { try event(body).decode(as: OrderPaid.self) }
        #expect(misfit?.path == path)
        #expect(misfit?.description.contains("secret") == false)
    }

    @Test(
        "a type that spans event types by a star takes them and no others",
        arguments: [("order.paid", true), ("order.paid.late", true), ("order.sent", false)]
    )
    func spanning(type: String, fits: Bool) {
        #expect(((try? event(#"{"order":{"id":"a"}}"#, type).decode(as: OrderPaid.self)) != nil) == fits)
    }

    // MARK: - By code

    /// A source that is verified by code, with a token in a header that may stand there several times.
    enum Gate: WebhookSource {
        static let definition = SourceDefinition(
            source: "gate",
            summary: "a gate",
            scheme: .code("a token and a code"),
            signatureHeader: "X-Gate"
        )

        struct Verifier: RequestVerifier {
            let secrets: [Secret]

            func verify(_ request: WebhookRequest, now: Date) -> Verdict {
                guard let token = request.headers.values("X-Gate").first else { return .refused(.missingHeader) }
                let isKnown = secrets.contains { $0.equals(Array(token.utf8)) }
                return isKnown ? .authentic : .refused(.tokenMismatch)
            }
        }

        static func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier {
            guard !options.secrets.isEmpty else { throw SecretProblem(.noSecrets) }
            return Verifier(secrets: options.secrets)
        }

        static func sign(_ request: UnsignedRequest, secrets: [Secret]) throws(SecretProblem) -> SignedRequest {
            let token = request.isInvalid ? "none" : String(decoding: secrets[0].exposed, as: UTF8.self)
            return SignedRequest(headers: request.headers(of: definition) + [("X-Gate", token)], body: request.body)
        }
    }

    @Test("is verified and signed by code where it says so", arguments: [true, false])
    func code(isInvalid: Bool) throws {
        let sources = SourceRegistry(Gate.self)
        let secrets = [Secret("first"), Secret("second")]
        let verifier = try sources.verifier(for: "gate", secrets: secrets)
        let request = try TestRequest.signed(
            "gate",
            body: Array(#"{"type":"opened"}"#.utf8),
            secrets: [secrets[1]],
            isInvalid: isInvalid,
            sources: sources
        )
        let verdict = verifier.verify(headers: Headers(request.headers), body: request.body, now: Date())
        #expect(verdict == (isInvalid ? .refused(.tokenMismatch) : .authentic))
    }

    @Test("a secret compares tokens and codes, and tells nothing else")
    func secrets() {
        let secret = Secret("It's a Secret to Everybody")
        #expect(secret.equals(Array("It's a Secret to Everybody".utf8)))
        #expect(!secret.equals(Array("It's a Secret to Everybod".utf8)) && !secret.equals([]))
        let pieces = [Array("Hello, ".utf8), Array("World!".utf8)]
        let code = secret.code(of: pieces)
        #expect(code.first == 0x75 && code.last == 0x17)
        #expect(secret.authenticates(code, of: pieces))
        #expect(!secret.authenticates(Array(code.dropLast()), of: pieces))
        #expect(!secret.authenticates(code, of: pieces, by: .hmacSHA512))
        #expect(secret.authenticates(secret.code(of: pieces, by: .hmacSHA1), of: pieces, by: .hmacSHA1))
        #expect(!secret.authenticates(code, of: pieces, by: .secret))
    }

    // MARK: - Registering

    enum Taken: WebhookSource {
        static let definition = SourceDefinition(source: "stripe", summary: "", scheme: .standardWebhooks)
    }

    enum Reserved: WebhookSource {
        static let definition = SourceDefinition(source: "sql", summary: "", scheme: .standardWebhooks)
    }

    enum Odd: WebhookSource {
        static let definition = SourceDefinition(source: "a:b", summary: "", scheme: .standardWebhooks)
    }

    enum Foreign: WebhookSource {
        static let definition = SourceDefinition(source: "foreign", summary: "", scheme: .standardWebhooks)
        static let events = [
            CatalogueEntry(OrderPaid.self, "an order was paid") { _ in "{}" },
            CatalogueEntry(OrderPaid.self, "an order was paid") { _ in "{}" },
        ]
    }

    @Test("whose name is taken or ill-formed, or that lists another's event, is a problem in words")
    func problems() {
        #expect(SourceRegistry(Taken.self).problems.first?.contains("'stripe' is taken") == true)
        #expect(SourceRegistry(Reserved.self).problems.first?.contains("'sql' is taken") == true)
        #expect(SourceRegistry(Odd.self).problems.first?.contains("a source is named 'a:b'") == true)
        #expect(SourceRegistry(Shop.self, Shop.self).problems.count == 1)
        #expect(SourceRegistry(Shop.self, Gate.self).problems.isEmpty)
        let foreign = SourceRegistry(Foreign.self)
        #expect(foreign.problems.count == 3, "\(foreign.problems)")
        #expect(foreign.definition(of: "foreign") == nil)
    }
}
