import ArgumentParser
import PostroomCore
import PostroomInbox
import Testing

@testable import PostroomCLI

@Suite("Filters")
struct FilterOptionsTests {
    private static let now = moment("2020-05-31T12:00:00Z")

    @Test("everything that is said of deliveries reaches the inbox")
    func deliveries() throws {
        let options = try DeliveryFilterOptions.parse([
            "--endpoint", "billing", "--type", "invoice.paid", "--since", "2020-05-31T10:00Z", "--until", "1h", "--id",
            "256", "--id", "512",
        ])
        let filter = options.filter(now: Self.now)
        #expect(filter.endpoint == "billing")
        #expect(filter.eventType == "invoice.paid")
        #expect(filter.since == moment("2020-05-31T10:00Z"))
        #expect(filter.until == moment("2020-05-31T11:00Z"))
        #expect(filter.ids == [DeliveryID(rawValue: 256), DeliveryID(rawValue: 512)])
        #expect(!options.isEmpty)
    }

    @Test("everything that is said of dead letters reaches the inbox")
    func deadLetters() throws {
        let options = try DeadLetterFilterOptions.parse([
            "--endpoint", "billing", "--type", "invoice.paid", "--handler", "crm.sync", "--died-of", "undecodable",
            "--since", "1d", "--until", "1h", "--id", "7",
        ])
        let filter = options.filter(now: Self.now)
        #expect(filter.endpoint == "billing")
        #expect(filter.eventType == "invoice.paid")
        #expect(filter.handler == "crm.sync")
        #expect(filter.diedOf == .undecodable)
        #expect(filter.since == moment("2020-05-30T12:00Z"))
        #expect(filter.until == moment("2020-05-31T11:00Z"))
        #expect(filter.ids == [7])
        #expect(!options.isEmpty)
    }

    @Test("what is not said is no filter")
    func nothing() throws {
        let deliveries = try DeliveryFilterOptions.parse([])
        #expect(deliveries.isEmpty && deliveries.filter(now: Self.now).isEmpty)
        let letters = try DeadLetterFilterOptions.parse([])
        #expect(letters.isEmpty && letters.filter(now: Self.now).isEmpty)
    }
}
