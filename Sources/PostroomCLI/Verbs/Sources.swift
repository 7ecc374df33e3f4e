import ArgumentParser
import PostroomCore
import PostroomSources

/// `postroom sources`: the catalogue of event types with their Swift types.
struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "List the event types of the sources, with their Swift types.",
        discussion: """
            An event type that is not listed is received all the same, and reaches the handlers of a pattern such as \
            '.events(from: .wacht, matching: "invoice.*")'. Generic sources have no event types of their own.
            """
    )

    @Argument(help: "The only source to list.", transform: SendValues.source)
    var source: Source?

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @Flag(name: .long, help: "Print the whole catalogue as a page of Markdown.")
    var markdown = false

    func validate() throws {
        if markdown, json || source != nil {
            throw ValidationError("--markdown prints the whole catalogue; leave out --json and the source")
        }
    }

    func run() throws {
        guard !markdown else {
            return try CommandOutput.write {
                $0.raw(Array(CataloguePage(sources: ProgramContext.current.sources).text.utf8))
            }
        }
        let sources = ProgramContext.current.sources
        let rows = sources.definitions
            .filter { source == nil || $0.source == source }
            .flatMap { definition in
                sources.events(of: definition.source).map { CatalogueRow(source: definition.source, entry: $0) }
            }
        try CommandOutput.write { output in
            output.list(rows, Self.columns, asJSON: json, ifEmpty: "a generic source has no event types of its own")
        }
    }

    /// One event type.
    struct CatalogueRow {
        let source: Source
        let entry: CatalogueEntry
    }

    private static let columns: [Column<CatalogueRow>] = [
        Column("source", value: { .string($0.source.rawValue) }),
        Column("type", value: { .string($0.entry.eventType) }),
        Column("swift type", value: { .string($0.entry.swiftName) }),
        Column("pattern", value: { .string(EventPattern(source: $0.source, pattern: $0.entry.eventType).description) }),
        Column("summary", value: { .string($0.entry.summary) }),
    ]
}

/// The catalogue as a page of Markdown, which is kept beside the code.
struct CataloguePage {
    /// The sources.
    let sources: SourceRegistry

    /// The page.
    var text: String {
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
        for definition in sources.definitions {
            lines += section(definition)
        }
        return lines.joined(separator: "\n")
    }

    private func section(_ definition: SourceDefinition) -> [String] {
        let events = sources.events(of: definition.source)
        var lines = ["## \(definition.source)", "", "\(definition.summary).", ""]
        let place = definition.signatureHeader == "-" ? "" : ", in `\(definition.signatureHeader)`"
        lines.append("- Signed by: `\(definition.scheme.summary)`\(place)")
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
