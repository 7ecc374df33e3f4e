/// The Swift file that declares a source's events, and its part of the catalogue.
extension EventTable {
    /// The path of the folder that the Swift file is written to.
    var folder: String {
        path.split(separator: "/").dropLast().joined(separator: "/") + "/Generated"
    }

    /// The Swift file.
    var swift: String {
        let fields = events.flatMap { object(of: $0)?.fields ?? [] }
        let shown = fields.filter { !$0.documentation.isEmpty }.map(\.type)
        let showsDates = shown.contains { $0.contains("Date") }
        let showsSecrets = shown.contains { $0.contains("Sensitive") }
        return """
            \(SwiftLiterals.head(from: path))
            \(showsDates ? "public import FoundationEssentials\n" : "")\(showsSecrets ? "public " : "")import PostroomCore

            extension \(namespace) {
            \(events.compactMap(declaration).joined(separator: "\n"))}

            \(byHand)extension \(namespace) {
                /// The event types that have a Swift type, in the order of the table.
                static let events: [CatalogueEntry] = \(SwiftLiterals.tallList(events.map(entry), indentation: 4))

                /// The paths of values that must not be shown.
                static let sensitivePaths: [String] = \
            \(SwiftLiterals.tallList(sensitivePaths.map(SwiftLiterals.string), indentation: 4))
            \(samples.map { "\n\($0)" }.joined())}

            """
    }

    private func declaration(_ event: Event) -> String? {
        object(of: event)
            .map { object in
                let fields = [notice] + object.fields
                return """
                    \(SwiftLiterals.documentation([event.summary.capitalizedFirst + "."] + event.discussion, indentation: 4))\
                        public struct \(event.name): \(object.isLoose ? "EnvelopeEvent" : "EnvelopedEvent") {
                            typealias Envelope = \(namespace)Envelope

                    \(eventTypes(of: event))
                    \(fields.map(property).joined())
                            \(initializer(object)) {
                    \(assignments(fields, object))        }
                        }

                    """
            }
    }

    /// The event types of the Swift types that are written by hand.
    private var byHand: String {
        events.filter { $0.object == nil }
            .map { "extension \(namespace).\($0.name) {\n\(eventTypes(of: $0, indentation: 4))}\n\n" }
            .joined()
    }

    private func eventTypes(of event: Event, indentation: Int = 8) -> String {
        let margin = String(repeating: " ", count: indentation)
        return """
            \(margin)/// `\(event.type)`.
            \(margin)public static let eventTypes = [\(SwiftLiterals.string(event.type))]

            """
    }

    private func property(_ field: Field) -> String {
        guard !field.documentation.isEmpty else { return "        let \(field.name): \(field.type)\n" }
        return SwiftLiterals.documentation(field.documentation, indentation: 8)
            + "        public let \(field.name): \(field.type)\n"
    }

    private func initializer(_ object: Object) -> String {
        let canFail = ([notice] + object.fields).contains { $0.expression.hasPrefix("try ") }
        let data = object.isLoose ? "" : ", _ data: JSONReader"
        return "init(_ envelope: \(namespace)Envelope\(data))\(canFail ? " throws(UndecodableEvent)" : "")"
    }

    private func assignments(_ fields: [Field], _ object: Object) -> String {
        let readsData = fields.contains { $0.expression.words.contains("data") }
        return (object.isLoose && readsData ? "            let data = envelope.looseData\n" : "")
            + fields.map { "            self.\($0.name) = \($0.expression)\n" }.joined()
    }

    private func entry(_ event: Event) -> String {
        "CatalogueEntry(\(event.name).self, \(SwiftLiterals.string(event.summary)), sample: \(sampleName(event)))"
    }

    /// The expression of the function that makes an event's sample: its own, or else its object's.
    private func sampleName(_ event: Event) -> String {
        switch (event.sample, object(of: event)?.sample) {
        case (.function(let expression)?, _), (nil, .function(let expression)?): expression
        case (.body?, _): "sample\(event.name)"
        case (nil, _): "sample\((event.object ?? "").capitalizedFirst)"
        }
    }

    /// The functions that make samples.
    private var samples: [String] {
        let bodies =
            objects.map { ($0.name.capitalizedFirst, $0.sample) } + events.map { ($0.name, $0.sample) }
        return bodies.compactMap { name, sample in
            guard case .body(let statements, let text) = sample else { return nil }
            return """
                    @Sendable
                    static func sample\(name)(_ values: inout SampleValues) -> String {
                \(statements.map { "        \($0)\n" }.joined())        return \"\"\"
                \(text.map { "            \($0)\n" }.joined())            \"\"\"
                    }

                """
        }
    }
}

extension EventTable {
    /// Puts the table's rows and paths into the page of the catalogue.
    ///
    /// The rest of the page is left as it is.
    func updateCatalogue(_ page: inout String) throws(Mistake) {
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: "## \(source)"),
            let facts = lines[start...].firstIndex(where: { $0.hasPrefix("- Signed by: ") })
        else {
            throw Mistake(
                file: path,
                line: 1,
                problem: "the catalogue's page has no section `## \(source)` that says how it is signed",
                advice: "write the page with `postroom sources --markdown`"
            )
        }
        let end = lines[facts...].firstIndex { $0.hasPrefix("## ") } ?? lines.endIndex
        var section: [String] = []
        if !sensitivePaths.isEmpty {
            section.append("- Shown as `•••`: " + sensitivePaths.map { "`\($0)`" }.joined(separator: ", "))
        }
        section += [
            "- Event types: \(events.count)", "", "| event type | Swift type | what happened |", "| --- | --- | --- |",
        ]
        section += events.map { "| `\($0.type)` | `\(namespace).\($0.name)` | \($0.summary) |" }
        lines.replaceSubrange((facts + 1)..<end, with: section + [""])
        page = lines.joined(separator: "\n")
    }
}

extension String {
    /// The names in a piece of Swift; a string literal counts with its quotes.
    fileprivate var words: [Substring] {
        split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "\"") }
    }

    /// The text with its first letter in upper case.
    var capitalizedFirst: String {
        prefix(1).uppercased() + dropFirst()
    }
}
