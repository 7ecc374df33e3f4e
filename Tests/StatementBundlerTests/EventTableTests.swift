import Testing

@testable import StatementBundler

@Suite("Tables of event types")
struct EventTableTests {
    private static let table = #"""
        # The event types of Acme.

        source acme Acme
            notice: Notice = try Notice(envelope, data)
                The facts that every event states.

        object order
            orderID: String = try data.id("id")
                The identity of the order.

                It is a number.
            secret: Int? = data.optional("secret")
            sensitive: data.card, data.token,
                data.pin
            sample:
                let id = values.snowflake()
                {"id":"\(id)",\
                "card":1}

        object ping loose
            note: String? = data.optional("note")
                The note.
            sample: samplePing("x")

        event order.created OrderCreated order: an order was created
            It may overtake others.
            Twice.

            ``OrderPaid`` follows.
        event order.paid OrderPaid order: an order was paid
            sample:
                {}
        event ping Ping ping: the webhook was tried
        event refund Refund by-hand: an order was "refunded"
            sensitive: data.pin, data.iban
            sample: sampleRefund

        group OrderChanged: an order was created or paid
            Both carry it.
            types: order.created
            types: order.paid

        """#

    private static func read(_ text: String) throws(Mistake) -> EventTable {
        try EventTable(path: "Sources/PostroomSources/Acme/Acme.events", text: text)
    }

    @Test("a whole table is understood")
    func wholeTable() throws {
        let table = try Self.read(Self.table)
        #expect(table.source == "acme" && table.namespace == "Acme" && table.notice.name == "notice")
        #expect(table.objects.map(\.name) == ["order", "ping"])
        #expect(table.objects.map(\.isLoose) == [false, true])
        let fields = table.objects[0].fields
        #expect(fields.map(\.name) == ["orderID", "secret"])
        #expect(fields.map(\.type) == ["String", "Int?"])
        #expect(fields[0].expression == #"try data.id("id")"#)
        #expect(fields.map(\.documentation) == [["The identity of the order.", "It is a number."], []])
        #expect(table.events.map(\.type) == ["order.created", "order.paid", "ping", "refund"])
        #expect(table.events.map(\.name) == ["OrderCreated", "OrderPaid", "Ping", "Refund"])
        #expect(table.events.map(\.object) == ["order", "order", "ping", nil])
        #expect(table.events[3].summary == "an order was \"refunded\"")
        #expect(table.events[0].discussion == ["It may overtake others. Twice.", "``OrderPaid`` follows."])
        #expect(table.groups.map(\.name) == ["OrderChanged"])
        #expect(table.groups[0].types == ["order.created", "order.paid"])
        #expect(table.groups[0].discussion == ["Both carry it."])
        #expect(table.sensitivePaths == ["data.card", "data.token", "data.pin", "data.iban"])
    }

    @Test(
        "a table becomes Swift",
        arguments: [
            """
                /// An order was created.
                ///
                /// It may overtake others. Twice.
                ///
                /// ``OrderPaid`` follows.
                public struct OrderCreated: EnvelopedEvent {
                    typealias Envelope = AcmeEnvelope

                    /// `order.created`.
                    public static let eventTypes = ["order.created"]

                    /// The facts that every event states.
                    public let notice: Notice
                    /// The identity of the order.
                    ///
                    /// It is a number.
                    public let orderID: String
                    let secret: Int?

                    init(_ envelope: AcmeEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
                        self.notice = try Notice(envelope, data)
                        self.orderID = try data.id("id")
                        self.secret = data.optional("secret")
                    }
                }
            """,
            """
                public struct Ping: EnvelopeEvent {
                    typealias Envelope = AcmeEnvelope

                    /// `ping`.
                    public static let eventTypes = ["ping"]

                    /// The facts that every event states.
                    public let notice: Notice
                    /// The note.
                    public let note: String?

                    init(_ envelope: AcmeEnvelope) throws(UndecodableEvent) {
                        let data = envelope.looseData
                        self.notice = try Notice(envelope, data)
            """,
            """
            extension Acme.Refund {
                /// `refund`.
                public static let eventTypes = ["refund"]
            }
            """,
            """
                static let events: [CatalogueEntry] = [
                    CatalogueEntry(OrderCreated.self, "an order was created", sample: sampleOrder),
                    CatalogueEntry(OrderPaid.self, "an order was paid", sample: sampleOrderPaid),
                    CatalogueEntry(Ping.self, "the webhook was tried", sample: samplePing("x")),
                    CatalogueEntry(Refund.self, "an order was \\"refunded\\"", sample: sampleRefund),
                ]
            """,
            #"""
                @Sendable
                static func sampleOrder(_ values: inout SampleValues) -> String {
                    let id = values.snowflake()
                    return """
                        {"id":"\(id)",\
                        "card":1}
                        """
                }
            """#,
        ]
    )
    func rendered(part: String) throws {
        let swift = try Self.read(Self.table).swift
        #expect(swift.contains(part + "\n"), "\(swift)")
    }

    @Test(
        "these tables are refused, with file and line",
        arguments: [
            ("", "", ":1: no source is named"),
            ("source acme Acme\n", "source acme\n", ":3: this is not the one `source"),
            (
                "    notice: Notice = try Notice(envelope, data)\n        The facts that every event states.\n", "",
                ":3: a source has one field"
            ),
            ("object ping", "object order", ":20: there is another object `order`"),
            ("object ping loose", "object ping lose", ":20: this is no `object <name>`"),
            ("object ping", "objekt ping", ":20: `objekt` begins no block"),
            (
                "    secret: Int? = data", "    secret: Int? data",
                ":12: `secret: Int? data.optional(\"secret\")` is no part"
            ),
            ("    secret: Int?", "   secret: Int?", ":12: this is indented by neither four nor eight"),
            ("# The event types of Acme.", "    indented", ":1: no block begins above"),
            ("an order was paid", "An order was paid", ":30: this is no `event <type>"),
            ("an order was paid", "an order was paid.", ":30: this is no `event <type>"),
            ("event order.paid OrderPaid order", "event order.paid OrderPaid", ":30: this is no `event <type>"),
            ("event order.paid", "event order.created", ":30: `order.created` has another entry"),
            ("order.paid OrderPaid", "order.paid OrderCreated", ":30: another event is called OrderCreated"),
            ("OrderPaid order:", "OrderPaid payment:", ":30: there is no object `payment`"),
            ("Ping ping:", "Ping order:", ":20: no event carries the object `ping`"),
            ("    sample: sampleRefund\n", "", ":34: `refund` has no sample"),
            ("    sample: samplePing(\"x\")\n", "", ":32: `ping` has no sample"),
            ("    sample: samplePing(\"x\")\n", "    sample:\n", ":23: a sample is one expression, or lines below it"),
            ("        {}\n", "        let id = 1\n", ":31: the sample has no text"),
            ("    types: order.paid\n", "", ":38: the group has fewer than two event types"),
            ("types: order.paid", "types: order.created", ":38: the group names an event type twice"),
            ("types: order.paid", "types: order.lost", ":38: there is no event type `order.lost`"),
            ("group OrderChanged", "group OrderPaid", ":38: something else is called OrderPaid"),
            ("group OrderChanged", "group AnyEvent", ":38: something else is called AnyEvent"),
            ("or paid\n    Both", "or paid.\n    Both", ":38: this is no `group <Swift name>"),
        ]
    )
    func refused(part: String, replacement: String, message: String) throws {
        let text = part.isEmpty ? "" : Self.table.replacing(part, with: replacement, maxReplacements: 1)
        #expect(part.isEmpty || text != Self.table)
        let mistake = #expect(throws: Mistake.self) { try Self.read(text) }
        #expect(mistake?.description.contains("Acme.events" + message) == true, "\(String(describing: mistake))")
        #expect(mistake?.advice.isEmpty == false)
    }

    @Test(
        "a table's unions become Swift",
        arguments: [
            """
                public enum AnyEvent: WebhookEvent, Hashable {
                    /// `order.created`: an order was created.
                    case orderCreated(OrderCreated)
            """,
            """
                    /// `refund`: an order was "refunded".
                    case refund(Refund)
                    /// An event of a type that this version has no Swift type for, or of none, and its body as received.
                    case unknown(type: String?, body: [UInt8])

            """,
            """
                /// An order was created or paid.
                ///
                /// Both carry it.
                public enum OrderChanged: WebhookEvent, Hashable {
            """,
            """
                    public static let eventTypes = [
                        "order.created",
                        "order.paid",
                    ]
            """,
            """
                        case "order.paid": self = .orderPaid(try OrderPaid(decoding: event))
                        default: throw UndecodableEvent(unexpectedTypeFor: Self.eventTypes)
            """,
            """
                    /// The identity of the order.
                    public var orderID: String {
                        switch self {
                        case .orderCreated(let event): event.orderID
                        case .orderPaid(let event): event.orderID
                        }
                    }
            """,
            """
                    public var notice: Notice? {
            """,
        ]
    )
    func unions(part: String) throws {
        let swift = try Self.read(Self.table).unions
        #expect(swift.contains(part + "\n"), "\(swift)")
        #expect(!swift.contains("var secret"))
    }

    @Test("the page of the catalogue gets the table's rows and paths, and keeps the rest")
    func catalogue() throws {
        var page = """
            # Sources

            ## zeta

            - Signed by: nobody
            - Event types: 7

            ## acme

            Acme.

            - Signed by: `bearer`
            - Shown as `•••`: `old`
            - Event types: 9

            | old |

            ## beta

            - Event types: 8

            """
        try Self.read(Self.table).updateCatalogue(&page)
        #expect(
            page == """
                # Sources

                ## zeta

                - Signed by: nobody
                - Event types: 7

                ## acme

                Acme.

                - Signed by: `bearer`
                - Shown as `•••`: `data.card`, `data.token`, `data.pin`, `data.iban`
                - Event types: 4

                | event type | Swift type | what happened |
                | --- | --- | --- |
                | `order.created` | `Acme.OrderCreated` | an order was created |
                | `order.paid` | `Acme.OrderPaid` | an order was paid |
                | `ping` | `Acme.Ping` | the webhook was tried |
                | `refund` | `Acme.Refund` | an order was "refunded" |

                ## beta

                - Event types: 8

                """
        )
        var other = "# Sources\n"
        #expect(throws: Mistake.self) { try Self.read(Self.table).updateCatalogue(&other) }
    }
}
