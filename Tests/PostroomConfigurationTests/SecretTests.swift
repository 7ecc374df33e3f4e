import PostroomCore
import Testing

@testable import PostroomConfiguration

@Suite("Secrets by reference")
struct SecretTests {
    private static let yaml = """
        endpoints:
          wacht-prod:
            source: wacht
            secrets: [env:OLD, "file:/run/new"]
        """

    private static func resolve(
        environment: [String: String] = ["OLD": "one"],
        files: [String: BoundedFile] = ["/run/new": BoundedFile(bytes: Array("two\n".utf8))]
    ) throws -> ResolvedSecrets {
        let secrets = try load(yaml)
            .resolveSecrets(environment: environment) { path throws(FileProblem) in
                guard let file = files[path] else { throw FileProblem(code: 2) }
                return file
            }
        guard !secrets.problems.hasError else { throw InvalidConfiguration(problems: secrets.problems) }
        return secrets
    }

    @Test("secrets come from variables and files, in the order of their references")
    func resolves() throws {
        let secrets = try Self.resolve()
        #expect(secrets.byEndpoint["wacht-prod"]?.map(\.exposed) == ["one", "two"])
        #expect(secrets.problems.isEmpty)
    }

    @Test(
        "line ends after a secret are dropped and nothing else is",
        arguments: [
            ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a"), ("a b\n", "a b"), ("a\"b'", "a\"b'"), ("\"a", "\"a"),
            ("ä", "ä"),
            ("a", "a"),
        ]
    )
    func trims(text: String, secret: String) throws {
        let secrets = try Self.resolve(
            environment: ["OLD": text],
            files: ["/run/new": BoundedFile(bytes: Array(text.utf8))]
        )
        #expect(secrets.byEndpoint["wacht-prod"]?.map(\.exposed) == [secret, secret])
    }

    @Test(
        "what gets around a secret by mistake is told instead of refusing every delivery, and the secret is not shown",
        arguments: [
            (" hunter2", "blanks"), ("hunter2 ", "blanks"), ("hunter2\t\n", "blanks"), ("\nhunter2", "blanks"),
            ("hunter2\u{A0}", "blanks"), ("\u{FEFF}hunter2", "byte order mark"),
            ("\u{FEFF}hunter2\r\n", "byte order mark"),
            ("\"hunter2\"", "quotes"), ("'hunter2'\n", "quotes"), ("\u{201C}hunter2\u{201D}", "quotes"),
            ("hunter2\nhunter3", "several lines"), ("hunter2\r\nhunter3\r\n", "several lines"),
            ("hunter2\u{0}", "can't be seen"), ("hun\u{200B}ter2", "can't be seen"),
        ]
    )
    func blemishes(text: String, says: String) throws {
        for error in [
            try #require(throws: InvalidConfiguration.self) { try Self.resolve(environment: ["OLD": text]) },
            try #require(throws: InvalidConfiguration.self) {
                try Self.resolve(files: ["/run/new": BoundedFile(bytes: Array(text.utf8))])
            },
        ] {
            #expect(error.problems.count == 1)
            #expect(error.description.contains(says), "\(error.description)")
            #expect(!error.description.contains("hunter"))
        }
    }

    @Test(
        "a secret that is not there is told by place, endpoint and reference, with what to do",
        arguments: [
            (
                [:], "two",
                "postroom.yaml:4:15: endpoints.wacht-prod.secrets[0]: env:OLD points to no variable; set OLD, or correct "
                    + "the reference"
            ),
            (
                ["OLD": ""], "two",
                "postroom.yaml:4:15: endpoints.wacht-prod.secrets[0]: env:OLD is empty; put the secret there"
            ),
            (
                ["OLD": "one"], nil,
                "postroom.yaml:4:24: endpoints.wacht-prod.secrets[1]: file:/run/new can't be read: No such file or "
                    + "directory; put the secret there, or correct the path"
            ),
            (
                ["OLD": "one"], " \n",
                "postroom.yaml:4:24: endpoints.wacht-prod.secrets[1]: file:/run/new is empty; put the secret there"
            ),
        ] as [([String: String], String?, String)]
    )
    func missing(environment: [String: String], file: String?, problem: String) throws {
        let files = file.map { ["/run/new": BoundedFile(bytes: Array($0.utf8))] } ?? [:]
        let error = try #require(throws: InvalidConfiguration.self) {
            try Self.resolve(environment: environment, files: files)
        }
        #expect(error.description == problem)
    }

    @Test("all that are missing are told at once")
    func allMissing() throws {
        let error = try #require(throws: InvalidConfiguration.self) { try Self.resolve(environment: [:], files: [:]) }
        #expect(error.problems.map(\.key) == ["endpoints.wacht-prod.secrets[0]", "endpoints.wacht-prod.secrets[1]"])
    }

    @Test("a file that is not text is refused without showing it")
    func notText() throws {
        let error = try #require(throws: InvalidConfiguration.self) {
            try Self.resolve(files: ["/run/new": BoundedFile(bytes: [0xFF, 0xFE])])
        }
        #expect(
            error.description.hasSuffix(
                "file:/run/new is not text in UTF-8; put the secret there as the producer shows it"
            )
        )
    }

    @Test("a file that everybody can read is a warning")
    func worldReadable() throws {
        let file = BoundedFile(bytes: Array("two".utf8), isWorldReadable: true)
        let secrets = try Self.resolve(files: ["/run/new": file])
        let warning =
            "postroom.yaml:4:24: warning: endpoints.wacht-prod.secrets[1]: file:/run/new can be read by everybody; run: "
            + "chmod o-r '/run/new'"
        #expect(secrets.problems.map(\.description) == [warning])
    }

    @Test("a secret that was set by the environment is told by its variable")
    func placedByVariable() throws {
        let environment = ["POSTROOM_ENDPOINTS_WACHT_PROD_SECRETS": "env:NOWHERE"]
        let loaded = try load(Self.yaml, environment)
        let told = loaded.resolveSecrets(environment: [:]).problems.map(\.description)
        #expect(told.count == 1)
        #expect(
            told[0].hasPrefix("POSTROOM_ENDPOINTS_WACHT_PROD_SECRETS: endpoints.wacht-prod.secrets[0]: env:NOWHERE")
        )
    }

    @Test(
        "what is no reference is refused and not shown",
        arguments: [
            "hunter2-hunter2", "whsec_hunter2", "env:", "env:A B", "env:1A", "env:whsec_hunter2", "file:",
            "env:hunter2hunter2hunter2hunter2", "file:whsec_hunter2", "ENV:A", "hunter2:A", "env: A",
        ]
    )
    func literal(text: String) {
        let found = problems("endpoints: {a: {source: wacht, secrets: [\"\(text)\"]}}")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("postroom.yaml:1:42: endpoints.a.secrets[0]: expected a reference") == true)
        #expect(found.first?.contains("hunter2") == false)
    }

    @Test("a resolved secret shows itself to nobody")
    func hidden() {
        let secret = Sensitive("hunter2")
        var dumped = ""
        dump(["a": [secret]], to: &dumped)
        for shown in ["\(secret)", String(reflecting: secret), "\([secret])", dumped, "\(Optional(secret) as Any)"] {
            #expect(!shown.contains("hunter2"))
        }
    }

    @Test("a real file is read with its permissions")
    func realFile() throws {
        let file = try TemporaryFile("two\n", mode: 0o644)
        #expect(try BoundedFile(reading: file.path, limit: 100).bytes == Array("two\n".utf8))
        #expect(try BoundedFile(reading: file.path, limit: 100).isWorldReadable)
        #expect(throws: FileProblem(reason: "it is larger than 3")) { try BoundedFile(reading: file.path, limit: 3) }
        let closed = try TemporaryFile("two\n", mode: 0o600)
        #expect(try !BoundedFile(reading: closed.path, limit: 100).isWorldReadable)
    }
}
