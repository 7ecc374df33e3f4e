/// The form of a log line.
enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// For machines: a JSON object.
    case json
}
