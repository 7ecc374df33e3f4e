import CLibPQ
import Synchronization

/// The way to connect: on a thread of its own, as resolving a name and `PQconnectdbParams` block.
enum Connector {
    /// A connection on its way to the loop; closed with its last reference if nobody takes it.
    final class Connected: Sendable {
        /// `@unchecked Sendable`: it only wraps the pointer so that a lock can hold it; whoever takes it owns it alone.
        private struct Handle: @unchecked Sendable {
            let pointer: OpaquePointer
        }

        private let handle: Mutex<Handle?>

        init(owning pointer: OpaquePointer) {
            handle = Mutex(Handle(pointer: pointer))
        }

        deinit {
            if let pointer = take() { PQfinish(pointer) }
        }

        /// The connection, once.
        func take() -> OpaquePointer? {
            handle.withLock { handle in
                defer { handle = nil }
                return handle
            }?
            .pointer
        }
    }

    private typealias Outcome = Result<Connected, PostgresError>

    /// A connect whose outcome a caller waits for and a thread brings.
    private final class PendingConnect: Sendable {
        private enum State {
            case open
            case waiting(CheckedContinuation<Outcome, Never>)
            case over
        }

        private let state = Mutex(State.open)

        /// Takes the caller's continuation.
        ///
        /// - Returns: `false` if the wait was ended before it began.
        func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
            let begins = state.withLock { state in
                guard case .open = state else { return false }
                state = .waiting(continuation)
                return true
            }
            if !begins { continuation.resume(returning: .failure(Self.cancelled)) }
            return begins
        }

        /// Ends the wait; the first end counts.
        func end(_ outcome: Outcome) {
            let continuation: CheckedContinuation<Outcome, Never>? = state.withLock { state in
                defer { state = .over }
                guard case .waiting(let continuation) = state else { return nil }
                return continuation
            }
            continuation?.resume(returning: outcome)
        }

        static let cancelled = PostgresError(.cancelled, "cancelled while connecting", isSafeToRetry: true)
    }

    /// Connects; gives up waiting when cancelled, while the thread ends by itself at the connect time-out.
    static func connect(_ parameters: ConnectionParameters) async throws(PostgresError) -> Connected {
        let pending = PendingConnect()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
                guard pending.begin(continuation) else { return }
                let error = NativeThread.start(named: "postgres-open") { pending.end(open(parameters)) }
                guard error != 0 else { return }
                let message = "no thread to be had for connecting: error \(error)"
                pending.end(.failure(PostgresError(.connectFailed, message, isSafeToRetry: true)))
            }
        } onCancel: {
            pending.end(.failure(PendingConnect.cancelled))
        }
        return try outcome.get()
    }

    private static func open(_ parameters: ConnectionParameters) -> Outcome {
        let opened = withCStrings(parameters.keywords) { keywords in
            withCStrings(parameters.values) { values in
                PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let pointer = opened else {
            return .failure(PostgresError(.connectFailed, "no memory for a connection", isSafeToRetry: true))
        }
        guard PQstatus(pointer) == CONNECTION_OK else {
            let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
            PQfinish(pointer)
            let message = ConnectFailure.singleLine(text, hiding: parameters.secrets)
            let state = ConnectFailure.state(of: text)
            return .failure(PostgresError(.connectFailed, message, sqlState: state, isSafeToRetry: true))
        }
        return .success(Connected(owning: pointer))
    }

    /// Lends strings to C as an array that ends with a null pointer.
    static func withCStrings<R>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
    ) -> R {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
