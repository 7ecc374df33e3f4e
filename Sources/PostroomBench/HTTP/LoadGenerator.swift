import CLibrary
import Subprocess
import SystemPackage

/// The external program that makes load over HTTP.
struct LoadGenerator: Sendable {
    let connections: Int
    let duration: Duration
    let port: Int

    /// The outcome of its work.
    struct Result: Sendable {
        let requests: Int
        let elapsed: Duration
        let latencies: Percentiles
        /// Requests that got no answer.
        let unanswered: Int
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - load: The requests that it sends.
    ///   - progress: Is told the command line.
    /// - Returns: The outcome of its work.
    /// - Throws: ``BenchFailure`` where it is not installed, or failed.
    func run(_ load: SignedLoad, progress: (String) -> Void) async throws -> Result {
        let script = try write(WrkScript.text(load))
        defer { unlink(script) }
        let seconds = max(1, duration.components.seconds)
        let arguments = [
            "-t\(min(2, connections))", "-c\(connections)", "-d\(seconds)s", "-s", script,
            "http://127.0.0.1:\(port)/hooks/bench",
        ]
        progress("wrk " + arguments.joined(separator: " "))
        let ended = try await execute(arguments)
        guard let result = WrkScript.read(ended) else {
            throw BenchFailure("wrk did not say what it did; it wrote:\n\(ended)")
        }
        return result
    }

    private func execute(_ arguments: [String]) async throws -> String {
        let wrk = Executable.name("wrk")
        do {
            _ = try await wrk.resolveExecutablePath(in: .inherit)
        } catch {
            throw BenchFailure(
                "wrk, which makes the load, is not installed: 'apt-get install wrk' on Debian and Ubuntu, else "
                    + "https://github.com/wg/wrk; it is run as: wrk \(arguments.joined(separator: " "))"
            )
        }
        let ended = try await Subprocess.run(
            wrk,
            arguments: Arguments(arguments),
            output: .string(limit: 1 << 20),
            error: .combinedWithOutput
        )
        guard ended.terminationStatus.isSuccess else {
            throw BenchFailure("wrk failed (\(ended.terminationStatus)): \(ended.standardOutput)")
        }
        return ended.standardOutput
    }

    /// Writes a temporary file.
    ///
    /// - Returns: Its path.
    private func write(_ text: String) throws -> String {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/postroom-wrk-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw BenchFailure("the script for wrk can't be written in \(folder): \(Errno(rawValue: errno))")
        }
        let file = FileDescriptor(rawValue: descriptor)
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
