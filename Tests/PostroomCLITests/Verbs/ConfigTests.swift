import PostroomConfiguration
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("config check and config show")
struct ConfigTests {
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

    @Test("every problem is named with file and line, those of secrets beside those of keys")
    func everyProblem() {
        let yaml = """
            receiver: {port: abc}
            wroker: {}
            endpoints:
              a: {source: wacht, secrets: [env:NOWHERE]}
              b: {source: watch, secrets: [env:B]}
              c: {source: standard-webhooks, secrets: ["env:B"]}
            """
        let loaded = ConfigurationLoader(environment: [:], sources: .builtIn) { _ throws(FileProblem) in
            BoundedFile(bytes: Array(yaml.utf8))
        }
        .read(file: "postroom.yaml")
        let problems = ConfigCheckCommand.problems(of: loaded, environment: ["B": "no base64!"])
        let told = problems.map { "\($0.place) \($0.key)" }
        #expect(
            told == [
                "postroom.yaml:1:18 receiver.port", "postroom.yaml:2:1 wroker",
                "postroom.yaml:4:32 endpoints.a.secrets[0]", "postroom.yaml:5:15 endpoints.b.source",
                "postroom.yaml:6:44 endpoints.c.secrets[0]",
            ]
        )
    }

    @Test("every key is shown with its value, default, range and origin, and no secret is")
    func show() throws {
        let yaml = """
            database: {url: "postgresql://app:hunter2@db/p"}
            endpoints: {a: {source: wacht, secrets: [env:OLD, env:NEW]}}
            """
        let settings = try load(yaml, ["POSTROOM_WORKER_LEASE": "20s"]).effectiveSettings
        let (data, notes) = written { ConfigShowCommand.write(settings, to: $0, asJSON: false) }
        let lines = data.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "key value default range from")
        #expect(lines.count == settings.count + 1)
        #expect(lines.contains("worker.lease 20s 15s 2s–1h POSTROOM_WORKER_LEASE"))
        #expect(lines.contains("admin.port 8081 8081 0–65535 default"))
        #expect(lines.contains("endpoints.a.secrets env:OLD, env:NEW – env:NAME, file:PATH postroom.yaml:2:41"))
        #expect(!data.contains("hunter2"))
        #expect(notes.isEmpty)
    }

    @Test("machines get the same keys, and what each is for")
    func showJSON() throws {
        let settings = try load("admin: {port: 1}\n").effectiveSettings
        let (data, _) = written { ConfigShowCommand.write(settings, to: $0, asJSON: true) }
        let port = """
            {"key":"admin.port","value":"1","default":"8081","range":"0\u{2013}65535","from":"postroom.yaml:1:15",\
            "variable":"POSTROOM_ADMIN_PORT","expects":"a port number from 1 to 65535, or 0 for any free port",\
            "summary":"the port of metrics, health and the console"}
            """
        #expect(data.contains(port), "\(data)")
        #expect(data.contains(#""key":"receiver.proxies","value":["127.0.0.1","::1"]"#), "\(data)")
    }
}
