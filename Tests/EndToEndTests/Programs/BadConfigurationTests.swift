import ProgramHarness
import Subprocess
import Testing

@Suite("A configuration that can't be used")
struct BadConfigurationTests {
    /// A mistake, and what has to be said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let configuration: String
        var arguments = ["serve"]
        let says: [String]
        var hides: String?
    }

    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    static let mistakes = [
        Mistake(
            testDescription: "a secret that is nowhere",
            configuration: """
                endpoints:
                  billing: {source: wacht, secrets: ["env:E2E_NO_SUCH_SECRET"]}
                """,
            says: ["bad.yaml:2:", "endpoints.billing.secrets[0]", "set E2E_NO_SUCH_SECRET"]
        ),
        Mistake(
            testDescription: "a key that nobody knows",
            configuration: """
                receiver:
                  prot: 8080
                endpoints:
                  billing: {source: wacht, secrets: ["env:E2E_SECRET"]}
                """,
            says: ["bad.yaml:2:3", "receiver.prot", "port"]
        ),
        Mistake(
            testDescription: "a port that is none",
            configuration: """
                receiver: {host: 127.0.0.1, port: 99999}
                endpoints:
                  billing: {source: wacht, secrets: ["env:E2E_SECRET"]}
                """,
            says: ["bad.yaml:1:", "receiver.port", "99999"]
        ),
        Mistake(
            testDescription: "a secret that is written out",
            configuration: """
                endpoints:
                  billing:
                    source: wacht
                    secrets: ["\(secret)"]
                """,
            says: ["bad.yaml:4:", "endpoints.billing.secrets[0]", "env:NAME", "file:PATH"],
            hides: secret
        ),
        Mistake(
            testDescription: "a secret that can't sign",
            configuration: """
                endpoints:
                  billing: {source: wacht, secrets: ["env:E2E_SECRET", "file:not-base64"]}
                """,
            says: ["bad.yaml:2:", "endpoints.billing.secrets", "base64"],
            hides: "no base64 at all!"
        ),
        Mistake(
            testDescription: "a source that nobody knows",
            configuration: """
                endpoints:
                  billing: {source: watch, secrets: ["env:E2E_SECRET"]}
                """,
            says: ["bad.yaml:2:", "endpoints.billing.source", "wacht"]
        ),
        Mistake(
            testDescription: "several at once",
            configuration: """
                admin: {port: nine}
                worker: {lease: 1ms}
                endpoints:
                  billing: {source: wacht, secrets: []}
                """,
            says: ["bad.yaml:1:", "admin.port", "bad.yaml:2:", "worker.lease", "bad.yaml:4:", "endpoints.billing"]
        ),
        Mistake(
            testDescription: "no endpoint",
            configuration: "log: {format: json}",
            says: ["no endpoints are configured"]
        ),
        Mistake(
            testDescription: "a worker without handlers",
            configuration: "endpoints: {billing: {source: wacht, secrets: [\"env:E2E_SECRET\"]}}",
            arguments: ["serve", "--role", "worker"],
            says: ["no handlers"]
        ),
        Mistake(
            testDescription: "no YAML",
            configuration: "endpoints: {billing: {source: wacht",
            says: ["bad.yaml:2:1", "is not YAML"]
        ),
    ]

    @Test("ends the program with 64 and names key and line, before a port is open", arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        try await Scene.withFolder { folder in
            try folder.write("no base64 at all!", to: "not-base64")
            try folder.write(mistake.configuration, to: "bad.yaml")
            let program = Program(
                name: "postroom",
                arguments: mistake.arguments + ["--config", "bad.yaml"],
                environment: ["E2E_SECRET": Self.secret, "POSTROOM_DATABASE_URL": "host=\(folder.path) dbname=none"]
            )
            let result = try await program.run(in: folder)
            #expect(result.status == .exited(64))
            #expect(result.output.isEmpty)
            for text in mistake.says {
                #expect(result.errors.contains(text), "\(result.errors)")
            }
            if let hidden = mistake.hides {
                #expect(!result.errors.contains(hidden))
            }
            #expect(!result.errors.contains("listens"))
        }
    }

    @Test("is told so by the file's name where there is no such file")
    func noFile() async throws {
        try await Scene.withFolder { folder in
            let result = try await Program.postroom("serve", "--config", "nowhere.yaml").run(in: folder)
            #expect(result.status == .exited(64))
            #expect(result.errors.contains("nowhere.yaml"))
        }
    }
}
