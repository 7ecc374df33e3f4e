import ArgumentParser
import CLibrary
import Dispatch
import PostroomCLI
import PostroomChaos
import PostroomConfiguration
import PostroomCore
import PostroomReceiver
import ServiceLifecycle
import UnixSignals

/// `postroom chaos-node`: one process of a chaos run; only `chaos` starts it.
///
/// It is `serve` with the handlers of the run, says the port that it receives on, and ends with its standard input.
struct ChaosNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos-node",
        abstract: "One process of a chaos run.",
        shouldDisplay: false
    )

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: "What to do: all, receiver or worker.")
    var role: ServeRole

    @Option(name: .long, help: "The file that tells of every run of a handler.")
    var journal: String

    @Option(name: .long, help: "What decides the fate of each attempt.")
    var seed: UInt64

    @Option(name: .long, help: "How new the program is.")
    var generation: Int

    @Option(name: .long, help: "How the handlers with an effect reach the database, once for each server.")
    var effects: [String]

    @Option(name: .long, help: "The schema of its table.")
    var effectSchema: String

    func run() async throws {
        Self.endWithStandardInput()
        let loaded = try common.load()
        let logger = common.logger(loaded.configuration)
        let store = EffectStore(connectionStrings: effects, schema: effectSchema)
        var handlers = HandlerRegistry()
        do {
            try ChaosHandlers(journal: journal, seed: seed, generation: generation, effects: store)
                .register(on: &handlers)
        } catch {
            throw CommandFailure(.failed, error.description)
        }
        let stack = try ServeStack(
            loaded,
            role: role,
            program: ProgramParts(handlers: handlers),
            telemetry: Telemetry.bootstrap(logger),
            environment: ProgramContext.current.environment
        )
        try await stack.run(endingOn: [.sigterm], with: Companion(stack: stack, store: store))
    }

    /// Says the port, and holds the connection of the handler with an effect open.
    private struct Companion: Service {
        let stack: ServeStack
        let store: EffectStore

        func run() async throws {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    guard let address = try? await stack.receiver?.boundAddress() else { return }
                    let output = CommandOutput.standard(environment: ProgramContext.current.environment)
                    output.line("port \(address.port)")
                }
                await cancelWhenGracefulShutdown { await store.run() }
                group.cancelAll()
            }
        }
    }

    /// Ends the process when whoever started it is gone; a blocking read, on a thread of its own.
    private static func endWithStandardInput() {
        DispatchQueue(label: "standard-input")
            .async {
                var byte: UInt8 = 0
                while read(STDIN_FILENO, &byte, 1) > 0 || errno == EINTR {}
                _exit(1)
            }
    }
}
