import PostroomCore

/// A piece of a page.
///
/// It is written as a text with interpolations, and the type says what is markup: a literal is taken as it stands, and every
/// text that is interpolated is escaped, so that nothing that a stranger wrote can become markup, end an attribute, or turn
/// the direction of what stands around it.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// The markup.
    private(set) var markup: String

    /// Nothing.
    init() {
        markup = ""
    }

    init(stringLiteral markup: String) {
        self.markup = markup
    }

    init(stringInterpolation pieces: Pieces) {
        markup = pieces.markup
    }

    /// Joins pieces.
    init(_ pieces: some Sequence<HTML>) {
        markup = pieces.map(\.markup).joined()
    }

    /// A text in which line ends and tabs stay, for a place that shows them.
    static func preformatted(_ text: String) -> HTML {
        var html = HTML()
        html.markup = VisibleText.escape(text, keepsLines: true)
        return html
    }

    static func += (html: inout HTML, other: HTML) {
        html.markup += other.markup
    }

    /// The pieces of a text with interpolations.
    struct Pieces: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        mutating func appendInterpolation(_ text: String) {
            markup += VisibleText.escape(text)
        }

        mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            markup += String(number)
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        mutating func appendInterpolation(_ html: HTML?) {
            markup += html?.markup ?? ""
        }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces {
                markup += piece.markup
            }
        }
    }
}

/// Text that strangers wrote, as a page shows it.
enum VisibleText {
    /// Escapes what HTML gives a meaning, between tags as in an attribute, and shows control characters, marks of the
    /// direction of writing, and characters without width.
    static func escape(_ text: String, keepsLines: Bool = false) -> String {
        var shown = ""
        shown.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": shown += "&amp;"
            case "<": shown += "&lt;"
            case ">": shown += "&gt;"
            case "\"": shown += "&quot;"
            case "'": shown += "&#39;"
            case "\n" where keepsLines, "\t" where keepsLines: shown.unicodeScalars.append(scalar)
            case _ where isEscaped(scalar): shown += EscapedText.escape(scalar)
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// True for what is shown as an escape, because it can't be seen or turns what stands around it.
    static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        EscapedText.isActive(scalar) || hasNoWidth(scalar)
    }

    private static func hasNoWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x180E, 0x200B...0x200D, 0x2060...0x2064, 0xFE00...0xFE0F: true
        default: false
        }
    }
}
