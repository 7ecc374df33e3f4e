import CLibrary
import Subprocess
import Synchronization
import SystemPackage

/// The process that ends the server when this one ends.
///
/// It is a shell in a session of its own whose standard input is a pipe that only this process can write to. When the
/// pipe closes, however that came about, it shuts the server down and removes the temporary folders.
final class Guardian: Sendable {
    /// The arguments are a temporary folder or "", another or "", and the server's command line.
    ///
    /// The watcher's exit tells whether the pipe closed (0) or the server ended first (killed).
    private static let script = """
        first=$1 second=$2
        shift 2
        exec 3<&0 </dev/null
        "$@" 3<&- &
        server=$!
        watch() {
            read -r line <&3
            nap=
            trap '[ -z "$nap" ] || { kill "$nap" 2>/dev/null; wait "$nap"; }; exit 0' TERM
            kill -INT "$server" 2>/dev/null
            for signal in QUIT KILL; do
                sleep 10 & nap=$!
                wait "$nap"
                kill "-$signal" "$server" 2>/dev/null
            done
            exit 0
        }
        watch &
        watcher=$!
        wait "$server"
        status=$?
        kill "$watcher" 2>/dev/null
        if wait "$watcher"; then
            [ -z "$first" ] || rm -rf -- "$first"
            [ -z "$second" ] || rm -rf -- "$second"
        fi
        exit "$status"
        """

    /// True if it has ended; apart, so that the task does not keep the guardian and dropping it closes the pipe.
    private final class End: Sendable {
        let hasCome = Atomic(false)
    }

    private let pipeEnd: Mutex<FileDescriptor?>
    private let end = End()
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    private init(pipeEnd: FileDescriptor) {
        self.pipeEnd = Mutex(pipeEnd)
    }

    deinit {
        release()
    }

    /// Starts the server under a guardian.
    static func start(command: [String], folders: ServerFolders) throws(PrivatePostgresError) -> Guardian {
        let temporary = folders.temporary + ["", ""]
        let shell = ["/bin/sh", "-c", script, "guardian", temporary[0], temporary[1]] + command
        let line = try folders.account.commandLine(for: shell)
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, as no other child may inherit our end, and Swift sees no pipe2.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw PrivatePostgresError(.failed, "no pipe to be had for the server's guardian: error \(errno)")
        }
        let input = FileDescriptor(rawValue: ends[0])
        let log = open(folders.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else {
            _ = Glibc.close(ends[0])
            _ = Glibc.close(ends[1])
            throw PrivatePostgresError(.folder, "the log \(folders.log) cannot be written: error \(errno)")
        }
        let output = FileDescriptor(rawValue: log)
        var options = PlatformOptions()
        options.createSession = true
        let guardian = Guardian(pipeEnd: FileDescriptor(rawValue: ends[1]))
        // unstructured: shields the server from the cancellation of whoever starts it; ends when the pipe closes
        let task = Task { [end = guardian.end, options] in
            _ = try? await Subprocess.run(
                .path(FilePath(line[0])),
                arguments: Arguments(Array(line.dropFirst())),
                environment: ServerPrograms.environment,
                workingDirectory: "/",
                platformOptions: options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            )
            end.hasCome.store(true, ordering: .releasing)
        }
        guardian.task.withLock { $0 = task }
        return guardian
    }

    /// True if guardian and server have ended.
    var hasEnded: Bool { end.hasCome.load(ordering: .acquiring) }

    /// Closes the pipe, upon which the guardian ends the server and removes the temporary folders.
    func release() {
        let descriptor = pipeEnd.withLock { end in
            defer { end = nil }
            return end
        }
        try? descriptor?.close()
    }

    /// Waits until guardian and server have ended.
    func waitForEnd() async {
        await task.withLock(\.self)?.value
        release()
    }
}
