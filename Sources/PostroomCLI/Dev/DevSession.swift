import PostroomAdmin
import PostroomConfiguration
import PostroomCore
import PostroomReceiver
import ServiceLifecycle
import SystemPackage

/// A running development setup, shown to the person who started it.
struct DevSession: Sendable {
    let stack: ServeStack
    let setup: DevSetup
    let demo: DevHandlers
    let output: CommandOutput
    /// The variables that a command in another terminal may have, and that lead it elsewhere.
    var unused: [String] = []

    /// Shows what arrives until a signal ends it.
    func show() async throws {
        try await stack.run(
            with: Companion { [self] in
                guard let address = try await stack.receiver?.boundAddress() else { return }
                greet(port: address.port, adminPort: await stack.admin.boundPort() ?? 0)
                await cancelWhenGracefulShutdown {
                    for await attempt in demo.handled {
                        tell(attempt)
                    }
                }
            }
        )
    }

    /// Sends one delivery per source, waits until each is handled, replays a dead letter, and ends.
    ///
    /// - Throws: ``CommandFailure`` that says what did not work.
    func smoke() async throws {
        try await stack.run(
            with: Companion { [self] in
                guard let address = try await stack.receiver?.boundAddress() else { return }
                try await DevSmoke(session: self, port: address.port).run()
            }
        )
    }

    /// A closure that runs beside the services.
    private struct Companion: Service {
        let body: @Sendable () async throws -> Void

        func run() async throws {
            try await body()
        }
    }

    private func greet(port: Int, adminPort: Int) {
        let name = ProgramContext.current.name
        output.note("")
        for endpoint in stack.configuration.endpoints {
            output.note("  POST http://127.0.0.1:\(port)/hooks/\(endpoint.name)")
        }
        output.note("  GET  http://127.0.0.1:\(adminPort)/metrics, /health/ready")
        output.note("")
        output.note("try, from another terminal:")
        let program = Self.shell(ProgramContext.current.path)
        let others = unused.filter { $0.hasPrefix(EnvironmentName.prefix) }
        let without = others.isEmpty ? "" : "env " + others.map { "-u \($0) " }.joined()
        output.note("  \(program) send wacht --url http://127.0.0.1:\(port)")
        output.note("  \(without)\(program) status --config \(Self.shell(setup.configurationFile.string))")
        output.note("  psql \"\(stack.configuration.database.url.value)\" -c 'SELECT * FROM postroom.status'")
        output.note("")
        output.note("\(name) shows deliveries here as they are handled; Ctrl-C ends all of it.")
    }

    /// A word as a shell takes it.
    private static func shell(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || "/._-+@:,=".contains(character))
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private func tell(_ attempt: DevAttempt) {
        let type = EscapedText.of(attempt.eventType ?? "(no event type)")
        let note = attempt.attempt > 1 ? ", attempt \(attempt.attempt)" : ""
        output.line("\(attempt.endpoint)  \(type)  delivery \(attempt.delivery)  handled by \(attempt.handler)\(note)")
    }
}
