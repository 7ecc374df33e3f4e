import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources
import Testing

@testable import PostroomConfiguration

@Suite("A configuration beside a program's own")
struct OtherReadersTests {
    @Test("the program's own sections of the file are left to it, and others are refused")
    func ownSections() throws {
        let yaml = "crm: {url: https://crm, [odd]: 1}\nreciever: {port: 1}\nreceiver: {port: 9999}\n"
        let loader = ConfigurationLoader(environment: [:], sources: .builtIn, ownSections: ["crm"]) {
            _ throws(FileProblem) in
            BoundedFile(bytes: Array(yaml.utf8))
        }
        let loaded = loader.read(file: "app.yaml")
        #expect(loaded.configuration.receiver.port == 9999)
        #expect(
            loaded.problems.map(\.description) == [
                "app.yaml:2:1: reciever: unknown key; did you mean 'receiver'?"
            ]
        )
    }

    private struct Values: KeyedValues {
        let texts: [String: [String]]

        func texts(_ path: [String], isList: Bool, isSecret: Bool) -> [String]? {
            texts[path.joined(separator: ".")]
        }
    }

    @Test("keys that are asked for one by one are read into their places, with the checks of a file")
    func keys() throws {
        let values = Values(
            texts: [
                "database.url": ["postgres:///inbox"], "receiver.port": ["9999"], "worker.lease": ["nothing"],
                "endpoints.wacht-prod.source": ["wacht"], "endpoints.wacht-prod.secrets": ["env:A", "env:B"],
                "handlers.crm.events": ["wacht:user.*", "*:ping"], "handlers.crm.sql.function": ["crm.on_event"],
                "handlers.crm.rate": ["5 per minute"],
            ]
        )
        let loaded = ConfigurationLoader(environment: [:], sources: .builtIn)
            .read(values, endpoints: ["wacht-prod", "partner", "No name"], forwarders: ["crm", "audit", "no name"])
        #expect(loaded.configuration.database.connectionString == "postgres:///inbox")
        #expect(loaded.configuration.receiver.port == 9999)
        #expect(loaded.configuration.endpoint("wacht-prod")?.secrets == [.variable("A"), .variable("B")])
        let problems = loaded.problems.map(\.description)
        #expect(loaded.configuration.forwarders.first?.events.map(\.description) == ["wacht:user.*", "*:ping"])
        #expect(loaded.configuration.forwarders.first?.limits.rate == .perMinute(5))
        #expect(problems.count == 7, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("worker.lease: found 'nothing'; expected ") })
        #expect(problems.contains { $0.hasPrefix("endpoints.partner.source: is missing; ") })
        #expect(problems.contains { $0.hasPrefix("endpoints.partner.secrets: has no secrets") })
        #expect(problems.contains { $0.hasPrefix("endpoints.No name: an endpoint's name ") })
        #expect(problems.contains { $0.hasPrefix("handlers.audit: doesn't say where events go; ") })
        #expect(problems.contains { $0.hasPrefix("handlers.audit.events: is missing") })
        #expect(problems.contains { $0.hasPrefix("handlers.no name: a forwarder's name ") })
    }
}
