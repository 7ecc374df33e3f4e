import Synchronization

/// The holder of a job whose attempt runs.
package protocol AttemptHold: AnyObject, Sendable {
    /// The worker that holds the job.
    var worker: WorkerID { get }
    /// `true` where no attempt of the job can have begun before this one.
    var isFirstRun: Bool { get }
}

/// The work that an attempt leaves for the time after its end.
package struct AttemptRemains: Sendable {
    /// The events that it enqueued, in their order.
    package var followUps: [EnqueuedEvent] = []
    /// `true` where it asked for a step, so that the job may have some.
    package var hasSteps = false
    /// The time for which the job is to sleep, where the attempt ended for that.
    package var sleep: Duration?
}

/// The collected requests of a runner's attempts: of one attempt at a time, under a number of its own.
///
/// Most attempts collect nothing. They cost one uncontended lock, and no memory.
package final class AttemptScope: Sendable {
    struct State {
        /// The number of the attempt that runs, or of the next one.
        var number: UInt64 = 0
        /// `nil` where the attempt asked for nothing.
        var asked: Asked?
    }

    /// The things that an attempt asked for.
    struct Asked {
        var remains = AttemptRemains()
        var steps = StepProgress()
        /// The number of events that were enqueued, those that a transaction took included.
        var enqueued = 0

        /// Takes the events that were enqueued so far, to be committed before the settlement.
        mutating func takeFollowUps() -> [EnqueuedEvent] {
            defer { remains.followUps = [] }
            return remains.followUps
        }
    }

    private let state = Mutex(State())

    /// Makes a scope for a runner's attempts, the first of which has the number 0.
    package init() {}

    /// Ends an attempt: what its handler still asks for is refused from now on.
    ///
    /// - Returns: The work that it left, or `nil` where it asked for nothing.
    package func end(_ number: UInt64) -> AttemptRemains? {
        state.withLock { state in
            state.number = number + 1
            return state.asked.take()?.remains
        }
    }

    /// Changes what an attempt collects.
    ///
    /// - Throws: ``AttemptHasEnded`` where it has ended.
    func with<Result: Sendable>(_ number: UInt64, _ body: (inout Asked) throws -> Result) throws -> Result {
        try state.withLock { state in
            guard state.number == number else { throw AttemptHasEnded() }
            var asked = state.asked.take() ?? Asked()
            defer { state.asked = asked }
            return try body(&asked)
        }
    }
}

/// The attempt that a context belongs to.
package struct AttemptTicket: Sendable {
    let scope: AttemptScope
    let number: UInt64
    let hold: any AttemptHold

    /// Names an attempt.
    package init(_ scope: AttemptScope, _ number: UInt64, _ hold: any AttemptHold) {
        self.scope = scope
        self.number = number
        self.hold = hold
    }

    /// Changes what the attempt collects.
    func with<Result: Sendable>(_ body: (inout AttemptScope.Asked) throws -> Result) throws -> Result {
        try scope.with(number, body)
    }
}

/// The error of a handler that uses its context after it returned.
package struct AttemptHasEnded: Error, CustomStringConvertible {
    /// The advice for whoever writes the handler.
    package let description = "the attempt has ended; wait in the handler for everything that uses its context"
}
