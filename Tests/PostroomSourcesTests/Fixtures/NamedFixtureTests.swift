import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Fixtures")
struct NamedFixtureTests {
    @Test("every shape has its type, its object, and decodes", arguments: NamedFixture.all)
    func decodes(_ fixture: NamedFixture) throws {
        let event = event(fixture.source, fixture.body)
        #expect(event.type == fixture.type)
        #expect(event.details.orderingKey == fixture.about)
        let entry = try #require(
            SourceRegistry.builtIn.events(of: fixture.source).first { $0.eventType == fixture.type }
        )
        #expect(throws: Never.self) { try entry.swiftType.init(decoding: event) }
    }
}
