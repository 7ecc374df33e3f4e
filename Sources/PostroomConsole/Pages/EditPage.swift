import PostroomCore
import PostroomInbox
import PostroomSources

/// The edit of a dead letter: its handler gets the delivery with another body, and the letter is closed.
///
/// It is off unless the configuration says otherwise, and the actions themselves look.
enum EditPage {
    /// The longest body in bytes that a page lets people edit: percent-encoding makes three of one, and a form has an end.
    static let longestBody = 256 << 10

    /// Shows the body in full, in a field; that somebody looked is noted in the audit.
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let letter = try await letter(visit)
        guard let text = EditableBody(letter.delivery.body) else {
            throw PageProblem(
                status: 409,
                title: "This body can’t be edited here",
                advice: """
                    It is longer than a form can carry, is no text, or has characters that a browser would change or hide. \
                    On the command line: dead-letters edit \(letter.summary.id) --body FILE --reason TEXT.
                    """
            )
        }
        let id = letter.summary.id
        try await visit.data.inbox.note("reveal_dead_letter", [("dead_letter", String(id))])
        let fields: HTML = """
            <div class="fields"><label class="wide">Body<textarea name="body" rows="16" spellcheck="false">\n\(text.field)</textarea></label>
            <label>Reason<input type="text" name="reason" required maxlength="200" autocomplete="off"></label></div>
            """
        return visit.page(
            "Edit dead letter \(id)",
            .deadLetters,
            """
            \(Parts.head("Edit dead letter <span class=\"id\">\(id)</span>", """
                The body becomes a new delivery that names its origin and that <strong>\(letter.summary.handler.rawValue)</strong> \
                alone gets; the letter is closed. The audit keeps the reason and the difference. It is shown in full, which is \
                noted.
                """))
            <section class="sheet">
            \(visit.form("dead-letter/edited", "Give it this body", [("letter", String(id))], style: "main", fields))
            </section>
            """
        )
    }

    /// Gives the handler the delivery with the body of the form.
    static func edit(_ visit: Visit) async throws -> ConsoleResponse {
        let letter = try await letter(visit)
        guard let text = visit.request.form["body"], let reason = visit.request.form["reason"], !reason.isEmpty,
            let editable = EditableBody(letter.delivery.body)
        else { throw PageProblem.incomplete }
        let body = editable.bytes(ofField: text)
        let difference = BodyDifference(
            from: letter.delivery.body,
            to: body,
            source: letter.delivery.source,
            sources: visit.data.sources
        )
        let successor = try await visit.data.inbox.editDeadLetter(
            letter.summary.id,
            body: body,
            because: reason,
            difference: difference.json
        )
        return .redirect(to: visit.links.to("delivery", [("id", successor?.description), ("done", "edited")]))
    }

    private static func letter(_ visit: Visit) async throws -> DeadLetter {
        guard visit.data.mayEdit else {
            throw PageProblem(
                status: 403,
                title: "Nobody may edit dead letters here",
                advice: "Set dead-letters.edit to true where somebody may."
            )
        }
        guard let id = visit.request.form["letter"].flatMap({ Int64($0) }),
            let letter = try await visit.data.inbox.deadLetter(id)
        else {
            throw PageProblem.missing(
                "There is no such dead letter",
                "It may have been edited, replayed or discarded meanwhile: the audit tells."
            )
        }
        return letter
    }
}

/// A body that a field of a form can hold and give back as it was.
struct EditableBody {
    private let text: String

    /// Takes a body; `nil` for one that is too long, no text, or has characters that a browser changes or nobody sees.
    init?(_ body: [UInt8]) {
        guard body.count <= EditPage.longestBody, let text = String(validating: body, as: UTF8.self),
            !text.unicodeScalars.contains(where: Self.isLost)
        else { return nil }
        self.text = text
    }

    /// The text within the field.
    var field: HTML {
        HTML.preformatted(text)
    }

    /// The bytes of what came from the field: a browser ends lines in two characters, and the body in one.
    func bytes(ofField field: String) -> [UInt8] {
        Array(field.replacing("\r\n", with: "\n").utf8)
    }

    private static func isLost(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar != "\n", scalar != "\t" else { return false }
        return VisibleText.isEscaped(scalar)
    }
}
