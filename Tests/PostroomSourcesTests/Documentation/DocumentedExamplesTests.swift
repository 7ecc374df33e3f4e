import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite(
    "Documented examples",
    .enabled(if: DocumentationPage.isThere, "the producers' pages are not beside the repository (../shared/sources)")
)
struct DocumentedExamplesTests {
    /// Decodes every example of a page, and tells which types they were.
    private func decodedTypes(_ source: Source) throws -> [String] {
        let page = try #require(DocumentationPage(source.rawValue))
        var types: [String] = []
        for example in page.examples where !example.contains("<event_name>") {
            let event = event(source, example)
            let type = try #require(event.type, "an example has no type: \(example.prefix(80))")
            let entry = try #require(
                SourceRegistry.builtIn.events(of: source).first { $0.eventType == type },
                "\(type) is not known"
            )
            #expect(throws: Never.self, "\(type)") { try entry.swiftType.init(decoding: event) }
            types.append(type)
        }
        return types
    }

    @Test("Wacht's examples decode, and are of all 47 types of the page")
    func wacht() throws {
        let types = try decodedTypes(.wacht)
        #expect(types.count == 52)
        #expect(Set(types).count == 47)
        #expect(Set(types) == Set(SourceRegistry.builtIn.events(of: .wacht).prefix(47).map(\.eventType)))
    }

    @Test("Wacht's thread messages decode into their kinds")
    func wachtThread() throws {
        let page = try #require(DocumentationPage("wacht"))
        let messages = try page.examples.filter { $0.contains("conversation_message") }
            .map { try event(.wacht, $0).decode(as: Wacht.AgentThreadMessage.self).message }
        let kinds: [Wacht.ThreadMessageType] = [
            .userMessage, .clarificationRequest, .clarificationResponse, .approvalRequest, .approvalResponse,
            .toolResult,
        ]
        #expect(messages.map(\.content?.type) == kinds)
        #expect(messages.map(\.type) == kinds)
    }

    @Test("Anthropic's page names 22 types, and each has a Swift type")
    func anthropic() throws {
        let page = try #require(DocumentationPage("anthropic"))
        let types = Set(page.texts(between: "`\"", and: "\" type`")).subtracting(["event"])
        #expect(types.count == 22)
        #expect(types == Set(SourceRegistry.builtIn.events(of: .anthropic).prefix(22).map(\.eventType)))
    }

    @Test("wakit's examples decode")
    func wakit() throws {
        #expect(
            try decodedTypes(.wakit) == [
                "messages.insert", "messages.insert", "messages.update", "conversations.insert", "conversations.update",
            ]
        )
    }

    @Test("Nyuchi's examples decode, and are of all five types")
    func nyuchi() throws {
        #expect(
            try decodedTypes(.nyuchi) == [
                "user.created", "user.deactivated", "project.updated", "report.completed", "sync.failed",
            ]
        )
    }

    @Test("the types that Dynamic's page hints at have Swift types")
    func dynamic() throws {
        let page = try #require(DocumentationPage("dynamic"))
        let known = SourceRegistry.builtIn.events(of: .dynamic).map(\.eventType)
        #expect(page.text.contains("user.created") && known.contains("user.created"))
        #expect(page.text.contains("passkey recovery") && known.contains("user.passkeyRecovery.started"))
        #expect(page.text.contains("wallet is transferred") && known.contains("wallet.transferred"))
    }
}
