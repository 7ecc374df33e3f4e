/// A program's log so far, one JSON object a line.
package struct LogFile: Sendable {
    package let path: String

    /// One line.
    package struct Entry: Sendable {
        package let fields: JSONValue

        package var message: String { fields["message"]?.text ?? "" }
        package var level: String { fields["level"]?.text ?? "" }

        /// The text of a field.
        package subscript(_ name: String) -> String? {
            fields[name]?.text
        }
    }

    /// All of it as it stands in the file.
    package var text: String {
        TestFolder.read(path)
    }

    /// The whole lines.
    package var lines: [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().filter { !$0.isEmpty }
    }

    /// The lines that are log events.
    package var entries: [Entry] {
        lines.compactMap { try? JSONValue(text: $0) }.map(Entry.init)
    }

    /// The first event with that message.
    package func first(_ message: String) -> Entry? {
        entries.first { $0.message == message }
    }

    /// The end of it, for whoever reads why a test failed.
    package var tail: String {
        lines.suffix(15).joined(separator: "\n")
    }
}
