import FoundationEssentials
import PostroomCore
import Synchronization

/// Virtual time: who waits by it is not kept waiting, and time moves on by what was waited for.
///
/// Give it to what a handler waits by or measures with, as a `Clock`. Where a wait, or ``advance(by:)``, takes an attempt
/// past its handler's timeout, the attempt is cancelled there, and counts as timed out. Anything that a handler waits for by
/// other clocks takes its real time and is never timed out.
public final class TrialClock: Clock {
    /// A moment of virtual time.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public let sinceStart: Duration

        /// The moment that much later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }

        /// The time from this moment to another.
        public func duration(to other: Instant) -> Duration {
            other.sinceStart - sinceStart
        }

        /// Orders moments by time.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.sinceStart < right.sinceStart
        }
    }

    private struct State {
        var now: Duration = .zero
        var deadline: Duration?
        var timeout: AsyncStream<Void>.Continuation?
        var isTimedOut = false

        /// Moves on, at most to the deadline.
        mutating func move(to moment: Duration) {
            now = max(now, moment)
            guard let deadline, now > deadline else { return }
            now = deadline
            isTimedOut = true
            timeout?.finish()
        }
    }

    private let state = Mutex(State())
    /// The date at the clock's start.
    private let start = Timestamp(Date.now)

    /// A clock at its start, which is now.
    public init() {}

    /// Returns the moment of a date.
    func instant(of moment: Timestamp) -> Instant {
        Instant(sinceStart: .microseconds(moment.rawValue - start.rawValue))
    }

    /// The moment that it is.
    public var now: Instant {
        Instant(sinceStart: state.withLock(\.now))
    }

    /// Nothing: time is counted exactly.
    public var minimumResolution: Duration {
        .zero
    }

    /// Lets time pass that something took: a call of a service that is only played, for example.
    ///
    /// - Parameter duration: The time that it took.
    public func advance(by duration: Duration) {
        state.withLock { $0.move(to: $0.now + duration) }
    }

    /// Moves on to a moment, and returns at once.
    ///
    /// - Throws: `CancellationError` where the task is cancelled, or the attempt has timed out before that moment.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let isTimedOut = state.withLock { state in
            state.move(to: deadline.sinceStart)
            return state.isTimedOut
        }
        if isTimedOut {
            throw CancellationError()
        }
        await Task.yield()
    }

    /// Lets time pass between two attempts.
    func pass(_ duration: Duration) {
        state.withLock { $0.now += max(.zero, duration) }
    }

    /// Runs one attempt, and cancels it where it takes longer than its timeout.
    ///
    /// - Returns: Its error, if any, and whether it took too long.
    func withTimeout(
        _ timeout: Duration,
        _ body: @escaping @Sendable () async throws -> Void
    ) async -> (error: (any Error)?, isTimedOut: Bool) {
        let (timedOut, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            state.deadline = state.now + timeout
            state.timeout = continuation
            state.isTimedOut = false
        }
        let error = await withTaskGroup(of: (any Error)??.self) { group in
            group.addTask {
                do {
                    try await body()
                    return .some(nil)
                } catch {
                    return .some(error)
                }
            }
            group.addTask {
                for await _ in timedOut {}
                return nil
            }
            var error: (any Error)?
            for await ended in group {
                // Either the attempt has ended, and nobody needs to watch it, or it took too long.
                group.cancelAll()
                error = ended ?? error
            }
            return error
        }
        return state.withLock { state in
            defer {
                state.deadline = nil
                state.timeout = nil
                state.isTimedOut = false
            }
            return (error, state.isTimedOut)
        }
    }
}
