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
            '.events(from: .wacht, matching: "invoice.*")'. A source whose events are whatever its producer sends has one line.
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
            .flatMap { CatalogueRow.all(of: $0, events: sources.events(of: $0.source)) }
        try CommandOutput.write { output in
            output.list(rows, Self.columns, asJSON: json, ifEmpty: "no source is known")
        }
    }

    /// One event type, or a source whose events are whatever its producer sends.
    struct CatalogueRow {
        let source: Source
        /// The event type; `nil` for any.
        let eventType: String?
        let swiftName: String
        let summary: String

        static func all(of definition: SourceDefinition, events: [CatalogueEntry]) -> [CatalogueRow] {
            guard !events.isEmpty else {
                let summary = definition.summary
                return [CatalogueRow(source: definition.source, eventType: nil, swiftName: "Event", summary: summary)]
            }
            return events.map { entry in
                CatalogueRow(
                    source: definition.source,
                    eventType: entry.eventType,
                    swiftName: entry.swiftName,
                    summary: entry.summary
                )
            }
        }
    }

    private static let columns: [Column<CatalogueRow>] = [
        Column("source", value: { .string($0.source.rawValue) }),
        .optional("type") { $0.eventType },
        Column("swift type", value: { .string($0.swiftName) }),
        Column(
            "pattern",
            value: { .string(EventPattern(source: $0.source, pattern: $0.eventType ?? "*").description) }
        ),
        Column("summary", value: { .string($0.summary) }),
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
