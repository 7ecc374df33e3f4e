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
                "database.url", "endpoints.<name>.secrets", "endpoints.<name>.handshake-tokens",
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
            """
        let settings = try load(yaml, ["POSTROOM_ADMIN_PORT": "7"]).effectiveSettings
        func setting(_ path: String) -> EffectiveSetting? { settings.first { $0.path == path } }
        #expect(
            setting("database.url")
                == EffectiveSetting(
                    path: "database.url",
                    value: "postgresql://app:***@db/p",
                    origin: "postroom.yaml:1:17"
                )
        )
        #expect(
            setting("admin.port") == EffectiveSetting(path: "admin.port", value: "7", origin: "POSTROOM_ADMIN_PORT")
        )
        #expect(
            setting("admin.host") == EffectiveSetting(path: "admin.host", value: "127.0.0.1", origin: "default")
        )
        #expect(
            setting("endpoints.a.secrets")
                == EffectiveSetting(
                    path: "endpoints.a.secrets",
                    value: "env:OLD, env:NEW",
                    origin: "postroom.yaml:3:31"
                )
        )
        #expect(setting("endpoints.a.header")?.value == nil)
        #expect(settings.count == ConfigurationReference.keys.count)
    }

    @Test("a loaded configuration shows no password, however it is printed")
    func printed() throws {
        let yaml = "database: {url: \"postgresql://app:hunter2@db/p\"}"
        for loaded in [try load(yaml), try load(nil, ["POSTROOM_DATABASE_URL": "host=db password=hunter2"])] {
            var dumped = ""
            dump(loaded, to: &dumped)
            for shown in ["\(loaded)", String(reflecting: loaded), dumped, "\(loaded.effectiveSettings)"] {
                #expect(!shown.contains("hunter2"))
                #expect(shown.contains("***"))
            }
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
