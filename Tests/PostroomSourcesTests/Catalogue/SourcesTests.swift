import PostroomCore
import Testing

@testable import PostroomSources

@Suite("The catalogue")
struct SourcesTests {
    @Test("every source of the contract has a definition, rules of its own name, and a line for people")
    func complete() {
        let expected: [Source] = [
            .wacht, .anthropic, .wakit, .dynamic, .nyuchi, .standardWebhooks, .hmacSHA256, .bearer,
            .cloudEvents, .custom, .github, .gitlab, .linear, .stripe, .paddle, .square, .shopify, .hubspot, .svix,
            .clerk,
            .resend,
            .openAI, .mailgun, .slack, .discord, .twilio, .zoom, .intercom, .meta,
        ]
        #expect(SourceRegistry.builtIn.definitions.map(\.source) == expected)
        for definition in SourceRegistry.builtIn.definitions {
            #expect(SourceRegistry.builtIn.rules(for: definition.source).source == definition.source)
            #expect(!definition.summary.isEmpty && !definition.summary.contains("\n"))
            #expect(definition.tolerance != nil || definition.scheme != .standardWebhooks)
        }
        #expect(SourceRegistry.builtIn.rules(for: .sql).source == .sql)
        #expect(SourceRegistry.builtIn.rules(for: "later").source == "later")
        #expect(SourceRegistry.builtIn.definition(of: .sql) == nil)
    }

    @Test("every entry belongs to its source, decodes its type, and stands once")
    func entries() {
        for model in SourceRegistry.builtIn.models {
            let types = model.events.map(\.eventType)
            #expect(Set(types).count == types.count)
            for entry in model.events {
                #expect(entry.swiftType.source == model.definition.source)
                #expect(entry.swiftType.eventTypes.contains(entry.eventType))
                #expect(!entry.summary.isEmpty)
            }
        }
    }

    @Test("a Swift type is named as a program writes it")
    func swiftNames() {
        let names = SourceRegistry.builtIn.models.flatMap(\.events).map(\.swiftName)
        #expect(names.contains("Wacht.UserCreated"))
        #expect(names.contains("Anthropic.SessionStatusIdled"))
    }

    @Test("large bodies are for Wacht, and only senders that drop events may be answered 503")
    func limits() {
        #expect(SourceRegistry.builtIn.definition(of: .wacht)?.bodyLimit == 8 << 20)
        #expect(SourceRegistry.builtIn.definition(of: .anthropic)?.bodyLimit == 1 << 20)
        #expect(SourceRegistry.builtIn.definition(of: .wacht)?.dropsRefusedDeliveries == true)
        #expect(SourceRegistry.builtIn.definition(of: .dynamic)?.dropsRefusedDeliveries == false)
    }
}
