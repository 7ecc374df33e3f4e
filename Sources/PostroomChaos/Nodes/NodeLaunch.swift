import PostroomCore
import PrivatePostgres
import Subprocess
import SystemPackage

/// The launch of a node's process.
struct NodeLaunch: Sendable {
    /// The program.
    let program: String
    /// The files of the run.
    let files: RunFiles
    /// The seed of each attempt's fate.
    let seed: UInt64
    /// The connection strings of the tables in which handlers have their effects, by server.
    let effects: (connectionStrings: [String], schema: String)

    /// Ours, without what would win over the configuration of the run: its nodes would work in a database that somebody else
    /// uses.
    private static var environment: Environment {
        // Some of them are meant to crash; taking a backtrace would hold them up for seconds.
        .inherit.updating(
            LibpqEnvironment.variables(withPrefix: "POSTROOM_")
                .reduce(into: ["NO_COLOR": "1", "SWIFT_BACKTRACE": "enable=no"]) { variables, name in
                    variables[Environment.Key(stringLiteral: name)] = .some(nil)
                }
        )
    }

    /// Runs a process to its end.
    ///
    /// Its standard input is a pipe that closes when we end, however that comes about, and the process ends with it. It
    /// has a process group of its own, so that Ctrl-C reaches it only through us.
    func run(_ node: Node, _ life: LifeID, generation: Int) async throws -> TerminationStatus {
        var options = PlatformOptions()
        options.processGroupID = 0
        let log = try FileDescriptor.open(
            files.log(of: life),
            .writeOnly,
            options: [.create, .append, .closeOnExec],
            permissions: .ownerReadWrite
        )
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(
                [
                    "chaos-node", "--config", files.configuration.string, "--role", node.role.rawValue,
                    "--journal", files.journal(of: life).string, "--seed", String(seed),
                    "--generation", String(generation), "--effect-schema", effects.schema,
                ] + effects.connectionStrings.flatMap { ["--effects", $0] }
            ),
            environment: Self.environment,
            workingDirectory: files.folder,
            platformOptions: options,
            input: .inputWriter,
            output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            node.began(life.life, processID: execution.processIdentifier.value)
            for try await line in execution.standardOutput.strings() {
                if let port = Int(line.filter(\.isNumber)), line.hasPrefix("port ") {
                    node.state.update { $0.port = port }
                }
            }
            try await execution.standardInputWriter.finish()
        }
        return result.terminationStatus
    }
}
