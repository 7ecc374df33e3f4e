import CLibrary
package import Subprocess
import Synchronization
import SystemPackage

/// A program that was started and is ended with the test, if not before.
package final class RunningProgram: Sendable {
    private enum State {
        case starting
        case running(Int32)
        case ended(TerminationStatus)
        case notStarted(any Error)
    }

    /// The text that it wrote to standard error.
    package let log: LogFile
    /// The file that its standard output goes to.
    package let outputPath: String
    private let program: Program
    private let folder: TestFolder
    private let state = Mutex(State.starting)

    private static let count = Atomic(0)

    private init(_ program: Program, in folder: TestFolder) {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        self.program = program
        self.folder = folder
        let name = program.name.split(separator: "/").last ?? "program"
        log = LogFile(path: folder.file("\(name)-\(number).log"))
        outputPath = folder.file("\(name)-\(number).out")
    }

    /// Runs a program for the time of a body, and kills it if the body leaves it running.
    ///
    /// - Throws: The body's error, with the end of the program's log.
    package static func with<Value>(
        _ program: Program,
        in folder: TestFolder,
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        let running = RunningProgram(program, in: folder)
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await running.supervise() }
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(running))
            } catch {
                outcome = .failure(FailedBeside(error: error, program: program, log: running.log.tail))
            }
            running.send(SIGKILL)
            if case .starting = running.state.withLock(\.self) {
                group.cancelAll()
            }
            await group.waitForAll()
            return outcome
        }
        return try outcome.get()
    }

    /// The process's id.
    package func processID() async throws -> Int32 {
        try await eventually("\(program.name) has not started") {
            switch state.withLock(\.self) {
            case .starting: return nil
            case .running(let id): return id
            case .ended(let status): throw Unexpected("\(program.name) \(status)")
            case .notStarted(let error): throw error
            }
        }
    }

    /// Sends a signal; nothing happens where the process has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if case .running(let id) = state {
                _ = kill(id, signal)
            }
        }
    }

    /// True if the process has not ended yet.
    package var isRunning: Bool {
        switch state.withLock(\.self) {
        case .starting, .running: true
        case .ended, .notStarted: false
        }
    }

    /// Waits until the process has ended.
    @discardableResult
    package func end(within limit: Duration = .seconds(60)) async throws -> TerminationStatus {
        try await eventually("\(program.name) still runs", within: limit) {
            switch state.withLock(\.self) {
            case .starting, .running: return nil
            case .ended(let status): return status
            case .notStarted(let error): throw error
            }
        }
    }

    /// Ends it as a crash would, and waits until it is gone.
    package func crash() async throws {
        send(SIGKILL)
        try await end()
    }

    /// Ends it as a deployment would, and waits until it is gone.
    package func stop() async throws -> TerminationStatus {
        send(SIGTERM)
        return try await end()
    }

    /// Waits for a log line with that message.
    @discardableResult
    package func logged(_ message: String, within limit: Duration = .seconds(60)) async throws -> LogFile.Entry {
        try await eventually("\(program.name) has not logged '\(message)'", within: limit) {
            if let entry = log.first(message) {
                return entry
            }
            switch state.withLock(\.self) {
            case .starting, .running: return nil
            case .ended(let status): throw Unexpected("\(program.name) \(status) before it logged '\(message)'")
            case .notStarted(let error): throw error
            }
        }
    }

    /// The port that it receives on, once it can take deliveries; `isReady: false` does not wait for the database.
    package func receiverPort(isReady: Bool = true) async throws -> Int {
        if isReady {
            try await logged("the inbox is ready")
        }
        return try await port("The receiver listens")
    }

    /// The port of health and metrics.
    package func adminPort() async throws -> Int {
        try await port("The admin server listens")
    }

    private func port(_ message: String) async throws -> Int {
        guard let port = try await logged(message)["port"].flatMap({ Int($0) }) else {
            throw Unexpected("no port in '\(message)'")
        }
        return port
    }

    private func supervise() async {
        do {
            let status = try await execute()
            state.withLock { $0 = .ended(status) }
        } catch {
            state.withLock { $0 = .notStarted(error) }
        }
    }

    private func execute() async throws -> TerminationStatus {
        var started = program
        let place = program.workingDirectory ?? folder.path
        started.environment["PWD"] = place
        let output = try Self.open(outputPath)
        let errors = try Self.open(log.path)
        let result = try await Subprocess.run(
            .path(try program.path),
            arguments: Arguments(program.arguments),
            environment: started.variables,
            workingDirectory: FilePath(place),
            input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(errors, closeAfterSpawningProcess: true),
            body: { execution in
                state.withLock { $0 = .running(execution.processIdentifier.value) }
            }
        )
        return result.terminationStatus
    }

    private static func open(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .append, .closeOnExec],
            permissions: .ownerReadWrite
        )
    }
}

/// A failure of a test while a program ran, with that program's last words.
package struct FailedBeside: Error, CustomStringConvertible {
    package let error: any Error
    package let program: Program
    package let log: String

    package var description: String {
        "\(error)\n--- the log of \(program.name) \(program.arguments.joined(separator: " ")) ends:\n\(log)\n---"
    }
}
