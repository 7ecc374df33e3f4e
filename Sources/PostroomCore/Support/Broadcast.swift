import Synchronization

/// A wake-up call for every stream that listens.
///
/// Each stream keeps at most one call that its reader has not taken yet.
package final class Broadcast: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Makes a broadcast that nobody listens to.
    package init() {}

    /// Calls every listener.
    package func send() {
        for listener in state.withLock({ Array($0.listeners.values) }) {
            listener.yield()
        }
    }

    /// Returns a new stream of calls.
    ///
    /// It listens until its reader is cancelled or gone, or until ``finish()``, which ends it.
    package func stream() -> AsyncStream<Void> {
        let (stream, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
        guard let number else {
            listener.finish()
            return stream
        }
        listener.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[number] = nil }
        }
        return stream
    }

    /// Ends every stream, also those that are asked for later.
    package func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners {
            listener.finish()
        }
    }
}
