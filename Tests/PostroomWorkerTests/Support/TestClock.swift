import PostroomCore
import PostroomWorker
import Synchronization

/// A clock that stands still until it is told to move, for the worker and for its inbox.
final class TestClock: Sendable {
    private struct Sleeper {
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }

    private let state = Mutex(State())

    var now: Duration {
        state.withLock { $0.now }
    }

    /// The database's time: its own epoch, the same pace.
    var timestamp: Timestamp {
        Timestamp(rawValue: 800_000_000_000_000) + now
    }

    var workerClock: WorkerClock {
        WorkerClock(now: { self.now }, sleep: { try await self.sleep($0) })
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys {
                state.sleepers[number] = nil
            }
            return due.values.map(\.continuation)
        }
        for sleeper in due {
            sleeper.resume()
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(number) != nil {
                        return true
                    }
                    state.sleepers[number] = Sleeper(until: state.now + duration, continuation: continuation)
                    return false
                }
                if isCancelled {
                    continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil {
                    state.cancelled.insert(number)
                }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
