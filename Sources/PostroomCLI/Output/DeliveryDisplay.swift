import CLibrary
import FoundationEssentials
import PostroomCore
import PostroomSources

/// The body of a delivery as it is shown: without its sensitive values unless somebody asks for them.
struct ShownBody: Sendable {
    /// The form of a body.
    enum Form: Hashable, Sendable {
        /// Sensitive values are masked.
        case redacted
        /// Byte for byte.
        case received
    }

    private let body: RedactedBody

    /// Prepares a delivery's body.
    init(of delivery: Delivery, _ form: Form, sources: SourceRegistry = ProgramContext.current.sources) {
        switch form {
        case .redacted: self.body = sources.redacted(body: delivery.body, source: delivery.source)
        case .received: self.body = RedactedBody(bytes: delivery.body, hiding: .nothing)
        }
    }

    /// Writes nothing but the body to the data, and tells people what they don't see.
    func write(to output: CommandOutput) {
        BodyDisplay.write(body.bytes, to: output)
        if let note {
            output.note(note)
        }
    }

    /// The notice of hidden values, if there are any.
    private var note: String? {
        switch body.hiding {
        case .nothing: nil
        case .values(let count):
            "\(Plural.of(count, "sensitive value is", "sensitive values are")) hidden; --show-sensitive shows all"
        case .all:
            "the body is hidden as a whole: it is neither a JSON object nor an array of them, so that nobody can tell "
                + "what in it is sensitive; --show-sensitive shows it"
        }
    }

    /// The body for machines: its text, or its bytes in Base64 where they are no UTF-8, and how much is hidden.
    var json: JSONTree {
        let text = String(validating: body.bytes, as: UTF8.self)
        return .object([
            JSONTree.Member("text", .string(orNull: text)),
            JSONTree.Member("base64", .string(orNull: text == nil ? Data(body.bytes).base64EncodedString() : nil)),
            JSONTree.Member("hidden", hidden),
        ])
    }

    private var hidden: JSONTree {
        switch body.hiding {
        case .nothing: .string("nothing")
        case .values: .string("values")
        case .all: .string("all")
        }
    }
}

/// Writes bodies, which strangers wrote.
enum BodyDisplay {
    /// Writes a body: byte for byte where a program or a file takes it, with control characters escaped on a terminal.
    static func write(_ body: [UInt8], to output: CommandOutput, isTerminal: Bool = Terminal.isOutput) {
        guard isTerminal else { return output.raw(body) }
        let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where index < lines.count - 1 || !line.isEmpty {
            output.line(EscapedText.of(bytes: line))
        }
    }
}

/// The readers of the process's output.
enum Terminal {
    /// A mark of a person at standard output.
    static var isOutput: Bool {
        isatty(STDOUT_FILENO) == 1
    }

    /// A mark of a person at standard error.
    static var isError: Bool {
        isatty(STDERR_FILENO) == 1
    }
}

/// The header fields of a delivery as they may be shown: what lets somebody in, or could, is not.
struct HeaderDisplay: Sendable {
    /// The text in place of a value that is not shown.
    static let mask = RedactedField.mask

    /// The fields in their order, with masks.
    let fields: [(name: String, value: String)]

    /// Masks the fields of a delivery.
    init(_ headers: Headers) {
        self.fields = ProgramContext.current.sources.redacted(headers: headers).map { ($0.name, $0.value) }
    }

    /// The fields for machines: an array, as names may stand there more than once.
    var json: JSONTree {
        .array(fields.map { .object([JSONTree.Member("name", .string($0.name)), .init("value", .string($0.value))]) })
    }

    /// Writes the fields for people, a line each.
    func write(to output: CommandOutput) {
        output.line("\n" + output.style("headers", .bold))
        for field in fields {
            let name = EscapedText.of(field.name)
            output.line("  \(name): \(EscapedText.of(field.value))")
        }
    }
}
