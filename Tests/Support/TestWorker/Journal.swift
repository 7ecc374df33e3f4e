import Dispatch
import Glibc
import Synchronization

/// A file with one line for each run that has ended; a line is on disk before the run is reported.
///
/// Lines that come while others are being written are written, and made durable, together.
final class Journal: Sendable {
    private struct Entry {
        let line: String
        let written: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiting: [Entry] = []
        var isWriting = false
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "journal")
    private let state = Mutex(State())

    /// Opens the file, which any number of processes may append to.
    init(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "the journal \(path) can't be opened: error \(errno)")
    }

    /// Appends a line and returns when it is on disk.
    func append(_ line: String) async {
        await withCheckedContinuation { continuation in
            let begins = state.withLock { state in
                state.waiting.append(Entry(line: line, written: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins {
                queue.async { self.writeAll() }
            }
        }
    }

    private func writeAll() {
        while let entries = next() {
            let text = Array(entries.map { $0.line + "\n" }.joined().utf8)
            let count = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            precondition(count == text.count && fsync(descriptor) == 0, "the journal can't be written: error \(errno)")
            for entry in entries {
                entry.written.resume()
            }
        }
    }

    private func next() -> [Entry]? {
        state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            defer { state.waiting = [] }
            return state.isWriting ? state.waiting : nil
        }
    }
}
