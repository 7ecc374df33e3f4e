/// What a program has logged so far, one JSON object a line.
struct LogFile: Sendable {
    let path: String

    /// One line.
    struct Entry: Sendable {
        let fields: JSONValue

        var message: String { fields["message"]?.text ?? "" }
        var level: String { fields["level"]?.text ?? "" }

        /// The text of a field.
        subscript(_ name: String) -> String? {
            fields[name]?.text
        }
    }

    /// All of it as it stands in the file.
    var text: String {
        TestFolder.read(path)
    }

    /// The whole lines.
    var lines: [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().filter { !$0.isEmpty }
    }

    /// The lines that are log events.
    var entries: [Entry] {
        lines.compactMap { try? JSONValue(text: $0) }.map(Entry.init)
    }

    /// The first event with that message.
    func first(_ message: String) -> Entry? {
        entries.first { $0.message == message }
    }

    /// The end of it, for whoever reads why a test failed.
    var tail: String {
        lines.suffix(15).joined(separator: "\n")
    }
}
