import FoundationEssentials
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("The catalogue's page")
struct CataloguePageTests {
    @Test("the page that is kept is the code's")
    func isCurrent() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let kept = try String(contentsOf: root.appending(path: "Sources/PostroomSources/CATALOGUE.md"), encoding: .utf8)
        #expect(
            kept == CataloguePage(sources: .builtIn).text,
            "swift run postroom sources --markdown > Sources/PostroomSources/CATALOGUE.md"
        )
    }

    @Test("the page has every event type of every source, each in one row")
    func isComplete() {
        for entry in SourceRegistry.builtIn.definitions.flatMap({ SourceRegistry.builtIn.events(of: $0.source) }) {
            #expect(CataloguePage(sources: .builtIn).text.contains("| `\(entry.eventType)` | `\(entry.swiftName)` | "))
        }
        #expect(!CataloguePage(sources: .builtIn).text.contains("||"))
    }

    @Test("every source is listed, in a line for each event type or in one for any")
    func rows() throws {
        let sources = SourceRegistry.builtIn
        let rows = sources.definitions.map { definition in
            SourcesCommand.CatalogueRow.all(of: definition, events: sources.events(of: definition.source))
        }
        #expect(rows.allSatisfy { !$0.isEmpty })
        let stripe = try #require(rows.joined().first { $0.source == "stripe" })
        #expect(stripe.eventType == nil && stripe.swiftName == "Event" && !stripe.summary.isEmpty)
        #expect(rows.joined().filter { $0.source == .wacht }.allSatisfy { $0.eventType != nil })
    }
}
