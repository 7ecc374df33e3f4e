import PostroomConfiguration
import Testing

@testable import PostroomCLI

@Suite("config check")
struct ConfigCheckTests {
    @Test("a configuration that is in order is summed up, with references to secrets and none of them")
    func summary() throws {
        let loaded = try load(
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
        let loaded = try load("worker: {concurrency: 8}\n")
        #expect(written { ConfigCheckCommand.write(loaded, to: $0) }.data == "postroom.yaml: ok, 0 endpoints\n")
    }
}
