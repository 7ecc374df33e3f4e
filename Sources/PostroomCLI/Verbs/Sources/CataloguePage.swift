import PostroomCore
import PostroomSources

/// The catalogue as a page of Markdown, which is kept beside the code.
enum CataloguePage {
    /// The page.
    static var text: String {
        var lines = [
            "# The catalogue of sources",
            "",
            "Written by `postroom sources --markdown > Sources/PostroomSources/CATALOGUE.md`, and its tables by `swift run StatementBundler`.",
            "",
            "A handler subscribes to a Swift type, `handlers.on(Wacht.UserCreated.self, …)`, or to a pattern over event",
            "types, `handlers.on(.events(from: .wacht, matching: \"user.*\"), …)`. An event type that is not listed is",
            "received all the same, and reaches the handlers of patterns.",
            "",
        ]
        for definition in Sources.all {
            lines += section(definition)
        }
        return lines.joined(separator: "\n")
    }

    private static func section(_ definition: SourceDefinition) -> [String] {
        let events = Sources.events(of: definition.source)
        var lines = ["## \(definition.source)", "", "\(definition.summary).", ""]
        lines.append("- Signed by: `\(definition.scheme.summary)`, in `\(definition.signatureHeader)`")
        if let documentation = definition.documentation {
            lines.append("- Documented at <\(documentation)>")
        }
        if let handshake = definition.handshake {
            lines.append("- Answers its handshake: `\(handshake.rawValue)`")
        }
        if !definition.sensitivePaths.isEmpty {
            let paths = definition.sensitivePaths.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("- Shown as `•••`: \(paths)")
        }
        guard !events.isEmpty else { return lines + ["- Its event types are whatever its producer sends.", ""] }
        lines += [
            "- Event types: \(events.count)", "", "| event type | Swift type | what happened |", "| --- | --- | --- |",
        ]
        lines += events.map { "| `\($0.eventType)` | `\($0.swiftName)` | \($0.summary) |" }
        return lines + [""]
    }
}
