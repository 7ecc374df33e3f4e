import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomSources

/// `postroom decode`: shows the delivery that a body becomes.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show what a body becomes: its type, its keys, its time, and its typed value.",
        discussion: """
            Nothing is stored, and no signature is looked at. Sensitive values are shown as •••. It exits with 1 where no \
            typed handler could take the body, and says at which JSON path what was expected.
            """
    )

    /// The largest body that is read.

    @Argument(help: "The source that the body is of, for example wacht.", transform: SendValues.source)
    var source: Source

    @Argument(help: "The file with the body (default: standard input).")
    var file: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A header that came with it, for sources that name type or key in one.",
            valueName: "name=value"
        )
    )
    var header: [String] = []

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    func validate() throws {
        _ = try header.map(SendHeader.argument)
    }

    func run() throws {
        let body = try GivenBody.read(file ?? "-")
        let headers = Headers(try header.map(SendHeader.argument).map { (name: $0.name, value: $0.value) })
        let decoded = DecodedBody(source: source, headers: headers, body: body, sources: ProgramContext.current.sources)
        try CommandOutput.write { decoded.write(to: $0, asJSON: json) }
        if let failure = decoded.failure {
            throw CommandFailure(.failed, failure)
        }
    }
}

/// A body with all that its source's rules make of it.
struct DecodedBody: Sendable {
    /// A value of the typed event, by its path.
    struct Field: Sendable {
        let path: String
        let text: String
    }

    private let sources: SourceRegistry
    private let delivery: Delivery
    private let details: EventDetails
    private let unreadable: UnreadableReason?
    private let swiftType: String?
    private let misfit: UndecodableEvent?
    private let oddities: [String]
    private let fields: [Field]

    /// Decodes a body.
    init(source: Source, headers: Headers, body: [UInt8], sources: SourceRegistry = .builtIn) {
        self.sources = sources
        let rules = sources.rules(for: source)
        let identity = rules.identify(headers: headers, body: body)
        delivery = Delivery(
            id: DeliveryID(rawValue: 0),
            endpoint: EndpointName(rawValue: source.rawValue),
            source: source,
            eventType: identity.eventType,
            idempotencyKey: identity.idempotencyKey,
            receivedAt: .now,
            headers: headers,
            body: body
        )
        details = rules.details(of: delivery)
        unreadable = identity.eventType == nil ? rules.unreadableReason(headers: headers, body: body) : nil
        swiftType = sources.events(of: source).first { $0.eventType == identity.eventType }?.swiftName
        let ofRequest = [details.oddity].compactMap(\.self)
        do {
            let event = try sources.typedEvent(of: delivery)
            misfit = nil
            oddities = ofRequest + (event?.oddities.map(\.description) ?? [])
            let hidden = sources.sensitiveTexts(body: body, source: source)
            fields =
                event.map { TypedFields(hiding: hidden).fields(of: $0) }
                ?? Self.members(sources.redacted(body: body, source: source))
        } catch {
            misfit = error as? UndecodableEvent ?? UndecodableEvent(path: "", expectation: "\(error)")
            oddities = ofRequest
            fields = []
        }
    }

    /// The members of a body that has no Swift type, as they may be shown.
    private static func members(_ shown: RedactedBody) -> [Field] {
        guard shown.hiding != .all else { return [] }
        return BodyValues.of(shown.bytes).map { Field(path: $0.path, text: $0.text) }
    }

    /// The reason for which no typed handler could take the body, or `nil`.
    var failure: String? {
        if let misfit {
            return "no typed handler can take it: \(misfit)"
        }
        guard let unreadable, sources.promisesEventType(delivery.source) else { return nil }
        return "its event type can't be read: \(unreadable)"
    }

    /// Writes it for people or machines.
    func write(to output: CommandOutput, asJSON: Bool) {
        guard !asJSON else {
            let misfit = misfit.map { misfit in
                JSONTree.object([
                    .init("path", .string(misfit.path)), .init("expectation", .string(misfit.expectation)),
                ])
            }
            let values = fields.map {
                JSONTree.object([.init("path", .string($0.path)), .init("value", .string($0.text))])
            }
            let more: [JSONTree.Member] = [
                JSONTree.Member("oddities", .array(oddities.map { .string($0) })),
                JSONTree.Member("unreadable", .string(orNull: unreadable?.description)),
                JSONTree.Member("misfit", misfit ?? .null),
                JSONTree.Member("fields", .array(values)),
            ]
            return output.json(Self.columns.object(self).adding(more))
        }
        output.show(self, Self.columns, asJSON: false)
        for oddity in oddities {
            output.note("odd: \(EscapedText.of(oddity))", .yellow)
        }
        guard !fields.isEmpty else { return }
        output.line("")
        for field in fields {
            output.line("  \(EscapedText.of(field.path)): \(EscapedText.of(field.text))")
        }
    }

    private static let columns: [Column<DecodedBody>] = [
        Column("source", value: { .string($0.delivery.source.rawValue) }),
        Column("type", value: { .string(orNull: $0.delivery.eventType) }),
        Column("swift type", value: { .string(orNull: $0.swiftType) }),
        Column("key", value: { .string($0.delivery.idempotencyKey) }),
        Column("ordering key", value: { .string(orNull: $0.details.orderingKey) }),
        Column("time", value: { .string(orNull: $0.details.occurredAt.map { Timestamp($0).description }) }),
    ]
}

/// Takes a typed value apart by reflection.
///
/// Values that hide themselves stay hidden, and so does every text that the source's redaction hides in the body.
struct TypedFields {
    private static let deepestLevel = 16
    private let hidden: Set<String>

    init(hiding hidden: Set<String>) {
        self.hidden = hidden
    }

    /// The fields of a typed event, in their order; what its envelope says stands under `notice`.
    func fields(of event: any WebhookEvent) -> [DecodedBody.Field] {
        var fields: [DecodedBody.Field] = []
        append(event, at: "", level: 0, to: &fields)
        return fields
    }

    private func append(_ value: Any, at path: String, level: Int, to fields: inout [DecodedBody.Field]) {
        if let text = Self.scalar(value) {
            fields.append(.init(path: path, text: hidden.contains(text) ? HeaderDisplay.mask : text))
            return
        }
        let mirror = Mirror(reflecting: value)
        guard !mirror.children.isEmpty, level < Self.deepestLevel else {
            fields.append(.init(path: path, text: Self.empty(value, mirror)))
            return
        }
        switch mirror.displayStyle {
        case .optional, .enum:
            for child in mirror.children {
                append(child.value, at: path, level: level + 1, to: &fields)
            }
        case .collection, .set:
            for (index, child) in mirror.children.enumerated() {
                append(child.value, at: "\(path)[\(index)]", level: level + 1, to: &fields)
            }
        default:
            for child in mirror.children where child.label != "record" {
                let name = child.label ?? ""
                append(child.value, at: path.isEmpty ? name : "\(path).\(name)", level: level + 1, to: &fields)
            }
        }
    }

    private static func scalar(_ value: Any) -> String? {
        switch value {
        case let date as Date: Timestamp(date).description
        case let text as String: text
        case let word as any OpenEnum: word.rawValue
        case let number as any Numeric: String(describing: number)
        case let truth as Bool: String(truth)
        default: nil
        }
    }

    /// The text of a value without parts: nothing, an empty list, or its own description.
    private static func empty(_ value: Any, _ mirror: Mirror) -> String {
        switch mirror.displayStyle {
        case .optional: "–"
        case .collection, .set, .dictionary: "none"
        default: String(describing: value)
        }
    }
}
