import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("config check")
struct ConfigCheckTests {
    private static func loaded(_ yaml: String) throws -> LoadedConfiguration {
        let loader = ConfigurationLoader(environment: [:], sources: EndpointAssembly.traits) { _ throws(FileProblem) in
            BoundedFile(bytes: Array(yaml.utf8))
        }
        return try loader.load(file: "postroom.yaml")
    }

    @Test("a configuration that is in order is summed up, with references to secrets and none of them")
    func summary() throws {
        let loaded = try Self.loaded(
            """
            endpoints:
              wacht-prod: {source: wacht, secrets: ["env:WACHT_NEW", "env:WACHT_OLD"]}
              billing: {source: hmac-sha256, secrets: ["file:/run/secrets/billing"]}
            """
        )
        let (data, notes) = written { ConfigCheckCommand.write(loaded, to: $0) }
        #expect(
            data == """
                postroom.yaml: ok, 2 endpoints
                endpoint    source       secrets
                wacht-prod  wacht        env:WACHT_NEW, env:WACHT_OLD
                billing     hmac-sha256  file:/run/secrets/billing

                """
        )
        #expect(notes.isEmpty)
    }

    @Test("a configuration without endpoints is in order too")
    func noEndpoints() throws {
        let loaded = try Self.loaded("worker: {concurrency: 8}\n")
        #expect(written { ConfigCheckCommand.write(loaded, to: $0) }.data == "postroom.yaml: ok, 0 endpoints\n")
    }
}
