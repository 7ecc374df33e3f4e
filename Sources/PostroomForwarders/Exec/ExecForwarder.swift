import CLibrary
package import PostroomCore
import Subprocess
import Synchronization
import SystemPackage

/// Runs a program for each event, with the body on its standard input.
///
/// No shell is involved. The program gets a session of its own, so that its whole process group is killed when the attempt
/// is cancelled.
package struct ExecForwarder: ForwardTarget {
    /// The program's path.
    private let program: String
    private let arguments: [String]
    private let variables: [(name: String, value: Sensitive<String>)]
    private let directory: String
    private let retryAfter: Duration

    /// Describes a program.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - variables: The variables of its environment beside those that tell about the delivery.
    ///   - directory: The folder that it starts in.
    ///   - retryAfter: The time until the next attempt after exit status 75.
    package init(
        command: [String],
        variables: [(name: String, value: Sensitive<String>)] = [],
        directory: String = "/",
        retryAfter: Duration = .seconds(60)
    ) {
        self.program = command.first ?? ""
        self.arguments = Array(command.dropFirst())
        self.variables = variables
        self.directory = directory
        self.retryAfter = retryAfter
    }

    package var kind: HandlerKind { .exec }

    /// The reason why a program can't be run, as far as a look can tell; `nil` where it can.
    package static func problem(withProgram path: String) -> String? {
        guard path.hasPrefix("/") else {
            return "is no absolute path; no PATH is searched for the program"
        }
        guard access(path, X_OK) == 0 else {
            let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
            return "can't be run: \(reason)"
        }
        return nil
    }

    /// Runs the program for an event.
    ///
    /// - Throws: ``ForwardFailure`` unless it exits with 0.
    package func forward(_ context: HandlerContext) async throws {
        var options = PlatformOptions()
        options.createSession = true
        // Only the last step of a sequence decides whether the group is killed with the program.
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let body = context.delivery.body
        let output = OutputBeginning()
        let status: TerminationStatus
        do {
            status =
                try await Subprocess.run(
                    .path(FilePath(program)),
                    arguments: Arguments(arguments),
                    environment: .custom(environment(context)),
                    workingDirectory: FilePath(directory),
                    platformOptions: options,
                    input: .inputWriter,
                    output: .sequence,
                    error: .combinedWithOutput
                ) { execution in
                    await withDiscardingTaskGroup { group in
                        group.addTask {
                            // A program that does not read all of its input is no failure: its exit status tells.
                            _ = try? await execution.standardInputWriter.write(body)
                            try? await execution.standardInputWriter.finish()
                        }
                        await output.read(execution.standardOutput)
                    }
                }
                .terminationStatus
        } catch let error as SubprocessError where !Task.isCancelled {
            throw ForwardFailure("\(program) can't be run: \(EscapedText.of(String(error.description.prefix(200))))")
        }
        try Task.checkCancellation()
        if var failure = ExitVerdict.failure(status.exit, retryAfter: retryAfter) {
            failure.evidence = Evidence.of(output.bytes)
            throw failure
        }
    }

    private func environment(_ context: HandlerContext) -> [Environment.Key: String] {
        let facts = ForwardedFacts(context)
        var environment: [Environment.Key: String] = [:]
        func set(_ name: String, _ value: String) {
            environment[Environment.Key(stringLiteral: name)] = value
        }
        for fact in facts.all {
            set("POSTROOM_" + fact.name.uppercased().replacing(" ", with: "_"), fact.value)
        }
        set("POSTROOM_IDEMPOTENCY_KEY", facts.idempotencyKey)
        facts.contentType.map { set("POSTROOM_CONTENT_TYPE", $0) }
        for field in facts.trace {
            set(field.name.uppercased(), field.value)
        }
        for variable in variables {
            set(variable.name, variable.value.exposed)
        }
        return environment
    }
}

/// The beginning of a program's output, of which the rest is read and dropped.
private final class OutputBeginning: Sendable {
    private let state = Mutex<[UInt8]>([])

    /// Reads until the end of the output, or of the program.
    func read(_ output: SubprocessOutputSequence) async {
        do {
            for try await part in output {
                part.withUnsafeBytes { part in
                    state.withLock { bytes in
                        bytes.append(contentsOf: part.prefix(Evidence.longest + 1 - bytes.count))
                    }
                }
            }
        } catch {
            // The program has ended, and something that it started holds its output open: what came is what there is.
        }
    }

    var bytes: [UInt8] { state.withLock(\.self) }
}

extension TerminationStatus {
    /// The end of a program in the verdict's terms.
    fileprivate var exit: ProgramExit {
        switch self {
        case .exited(let code): .status(Int(code))
        case .signaled(let signal): .signal(Int(signal))
        }
    }
}
