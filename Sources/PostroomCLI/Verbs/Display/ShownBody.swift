import FoundationEssentials
import PostroomCore
import PostroomSources

/// The body of a delivery as it is shown: without its sensitive values unless somebody asks for them.
struct ShownBody: Sendable {
    /// How a body is shown.
    enum Form: Hashable, Sendable {
        /// Sensitive values are masked.
        case redacted
        /// Byte for byte.
        case received
    }

    private let body: RedactedBody

    /// Prepares a delivery's body.
    init(of delivery: Delivery, _ form: Form) {
        switch form {
        case .redacted: self.body = Sources.redacted(body: delivery.body, source: delivery.source)
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

    /// What a person is told of hidden values, if there are any.
    private var note: String? {
        switch body.hiding {
        case .nothing: nil
        case .values(let count):
            "\(Plural.of(count, "sensitive value is", "sensitive values are")) hidden; --show-sensitive shows all"
        case .all:
            "the body is hidden as a whole: it is neither a JSON object nor an array of them, so that nobody can tell what in it is sensitive; "
                + "--show-sensitive shows it"
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
