import FoundationEssentials
import PostroomInbox
import Testing

@testable import PostroomConfiguration

@Suite("The listing of what can be configured")
struct ReferenceTests {
    @Test("every key and every variable is there once, with a line on what it is for")
    func complete() {
        let keys = ConfigurationReference.keys
        #expect(Set(keys.map(\.path)).count == keys.count)
        #expect(Set(keys.map(\.variable)).count == keys.count)
        #expect(keys.allSatisfy { !$0.summary.isEmpty && !$0.expectation.isEmpty })
        #expect(keys.map(\.path).contains("endpoints.<name>.idempotency-key.header"))
        #expect(
            keys.filter(\.isSecret).map(\.path) == [
                "database.url", "database.urls", "admin.console.reading-tokens", "admin.console.acting-tokens",
                "endpoints.<name>.secrets", "endpoints.<name>.handshake-tokens",
                "handlers.<name>.http.secret", "handlers.<name>.http.headers", "handlers.<name>.exec.environment",
            ]
        )
    }

    @Test("every default is a value that its key takes", arguments: ProgramConfiguration.table.map(\.path))
    func defaults(path: [String]) throws {
        let setting = try #require(ProgramConfiguration.table.first { $0.path == path })
        let standard = setting.show(ProgramConfiguration())
        guard path != ["database", "url"], !standard.isEmpty else { return }
        var configuration = ProgramConfiguration()
        setting.clear(&configuration)
        for value in standard {
            try setting.accept(value, &configuration)
        }
        #expect(configuration == ProgramConfiguration())
    }

    @Test("what is in force is listed with where it was said, and without the password")
    func effective() throws {
        let yaml = """
            database: {url: "postgresql://app:hunter2@db/p"}
            endpoints:
              a: {source: wacht, secrets: [env:OLD, env:NEW]}
            handlers:
              b: {events: ["wacht:*"], http: {url: "https://b.example/", headers: ["X-Token: file:/t"]}}
            """
        let settings = try load(yaml, ["POSTROOM_ADMIN_PORT": "7"]).effectiveSettings
        let told = settings.map { "\($0.key.path) = \($0.values.joined(separator: ", ")) from \($0.origin)" }
        for expected in [
            "database.url = postgresql://app:***@db/p from postroom.yaml:1:17",
            "admin.port = 7 from POSTROOM_ADMIN_PORT", "admin.host = 127.0.0.1 from default",
            "endpoints.a.secrets = env:OLD, env:NEW from postroom.yaml:3:31", "endpoints.a.header =  from default",
            "handlers.b.events = wacht:* from postroom.yaml:5:15",
            "handlers.b.http.headers = X-Token: file:/t from postroom.yaml:5:71",
            "handlers.b.timeout = 30s from default",
        ] {
            #expect(told.contains(expected), "\(expected)")
        }
        #expect(settings.count == ConfigurationReference.keys.count)
    }

    @Test("the defaults are those of the modules' own configurations")
    func moduleDefaults() {
        let defaults = ConfigurationReference.keys.map { "\($0.path) \($0.standard ?? "–") of \($0.range)" }
        for expected in [
            "receiver.body-memory 64MiB of 1MiB–64GiB", "receiver.address-share 50 of 1–100",
            "receiver.idle-timeout 1m15s of 100ms–10m", "admin.host 127.0.0.1 of an address",
            "worker.concurrency 64 of 1–4096", "worker.lease 15s of 2s–1h", "database.connections.intake 2 of 1–64",
            "retention.deliveries 30d of 1d–3650d", "receiver.tls.key – of a path", "log.format text of text, json",
            "endpoints.<name>.body-limit – of 1KiB–64MiB", "handlers.<name>.retry.attempts 15 of 1–1000000",
            "handlers.<name>.retry.maximum-delay 3h of 0s–3650d", "handlers.<name>.sql.permanent UP000 of SQLSTATEs",
        ] {
            #expect(defaults.contains(expected), "\(expected)")
        }
    }

    @Test("the chapter of the reference has each key in a line, under its section")
    func chapter() {
        let lines = ConfigurationReference.chapter.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("| `") }.count == ConfigurationReference.keys.count)
        #expect(
            lines.filter { $0.hasPrefix("### ") } == [
                "### `database`", "### `receiver`", "### `admin`", "### `worker`", "### `retention`",
                "### `dead-letters`", "### `log`", "### `endpoints.<name>`", "### `handlers.<name>`",
            ]
        )
        #expect(lines.contains("| `port` | `8081` | 0–65535 | the port of metrics, health and the console |"))
    }

    @Test("the guide to the configuration ends in the chapter of the reference")
    func guide() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let guide = root.appending(path: "Sources/Postroom/Documentation.docc/Configuration.md")
        let text = try String(contentsOf: guide, encoding: .utf8)
        #expect(
            text.hasSuffix("\n" + ConfigurationReference.chapter),
            "put what 'swift run postroom config show --markdown' prints in place of the chapter Keys of \(guide.path)"
        )
    }

    @Test("a loaded configuration shows no password, however it is printed")
    func printed() throws {
        let yaml = "database: {url: \"postgresql://app:hunter2@db/p\"}"
        for loaded in [try load(yaml), try load(nil, ["POSTROOM_DATABASE_URL": "host=db password=hunter2"])] {
            #expect(loaded.configuration.database.connectionString.contains("hunter2"))
            var dumped = ""
            dump(loaded, to: &dumped)
            for shown in ["\(loaded)", String(reflecting: loaded), dumped] {
                #expect(!shown.contains("hunter2"))
            }
            #expect("\(loaded.effectiveSettings)".contains("***"))
            #expect(!"\(loaded.effectiveSettings)".contains("hunter2"))
        }
    }

    @Test(
        "a problem with a key that was not given stands where its holder was",
        arguments: [
            ("endpoints.a.secrets[0]", "postroom.yaml:1:42: endpoints.a.secrets[0]: x"),
            ("endpoints.a.header", "postroom.yaml:1:13: endpoints.a.header: x"), ("worker.lease", "worker.lease: x"),
        ]
    )
    func holder(key: String, description: String) throws {
        let loaded = try load("endpoints: {a: {source: wacht, secrets: [env:A]}}")
        #expect(loaded.problem(at: key, "x").description == description)
    }
}
