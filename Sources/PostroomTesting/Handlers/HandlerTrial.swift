public import Logging
public import PostroomCore
import PostroomWorker

/// Runs a handler on an event without a database, as often as its policy says, in virtual time.
///
/// The handler is decoded for, judged and retried by the code that does it in production; only waiting is left out. The
/// delay between two attempts passes on ``clock`` at once.
///
/// ```swift
/// let trial = try HandlerTrial("crm.sync") { AcmeWorker(crm: crm).register(on: &$0) }
/// let run = await trial.run(try .sample(.wacht, "user.created"))
/// #expect(run.outcome == .handled)
/// ```
public struct HandlerTrial: Sendable {
    private let handler: RegisteredHandler
    /// The virtual time of the handler's attempts; give it to a handler that waits or measures.
    public let clock: TrialClock
    private let jitter: TrialJitter
    private let logger: Logger

    /// Takes one of the handlers that a program registers.
    ///
    /// - Parameters:
    ///   - name: The handler's name; `nil` where only one is registered.
    ///   - clock: The virtual clock of its attempts.
    ///   - jitter: The spread of the policy's delays; none unless said.
    ///   - logger: The handler's logger; one that writes nothing unless said.
    ///   - register: Registers handlers as a program does.
    /// - Throws: ``TrialProblem`` where there is no such handler, or the program would refuse to start.
    public init(
        _ name: HandlerName? = nil,
        clock: TrialClock = TrialClock(),
        jitter: TrialJitter = .none,
        logger: Logger = Logger(label: "trial") { _ in SwiftLogNoOpLogHandler() },
        register: (_ handlers: inout HandlerRegistry) throws -> Void
    ) throws {
        var registry = HandlerRegistry()
        try register(&registry)
        if let problem = registry.problems.first {
            throw TrialProblem(description: problem)
        }
        let chosen = registry.handlers.filter { name == nil || $0.name == name }
        guard let handler = chosen.first, chosen.count == 1 else {
            throw TrialProblem.notOne(name, of: registry.handlers.map(\.name))
        }
        self.handler = handler
        self.clock = clock
        self.jitter = jitter
        self.logger = logger
    }

    /// Takes a handler.
    ///
    /// - Parameters:
    ///   - handler: The handler.
    ///   - clock: The virtual clock of its attempts.
    ///   - jitter: The spread of the policy's delays; none unless said.
    ///   - logger: The handler's logger; one that writes nothing unless said.
    /// - Throws: ``TrialProblem`` where a program with that handler would refuse to start.
    public init(
        _ handler: some EventHandler,
        clock: TrialClock = TrialClock(),
        jitter: TrialJitter = .none,
        logger: Logger = Logger(label: "trial") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        try self.init(clock: clock, jitter: jitter, logger: logger) { $0.register(handler) }
    }

    /// Runs the handler until the event is handled or dead.
    ///
    /// A body that does not fit the handler's type dies without a run, as in production. The attempts follow one another
    /// by themselves; a trial runs one event at a time.
    ///
    /// - Parameters:
    ///   - event: The event; see ``PostroomCore/Event/sample(_:_:seed:at:)`` and
    ///     ``PostroomCore/Event/received(from:body:headers:at:)``.
    ///   - previous: A run of the same event that ended dead, and is replayed: numbers go on, the policy begins anew.
    ///   - limit: After how many attempts the trial ends though the pair still owes one.
    /// - Returns: Each attempt, and what became of the event.
    public func run(_ event: Event, replaying previous: HandlerRun? = nil, upTo limit: Int = 1000) async -> HandlerRun {
        var run = HandlerRun(event: event, attempts: [])
        guard handler.subscribes(to: event.delivery) else { return run }
        let prepared = PreparedDelivery(event, decoders: [handler.decoder].compactMap(\.self))
        let failed = previous?.attempts.last?.number ?? 0
        var count = AttemptCount(failed: failed, beforeReplay: failed)
        if let previous {
            run.steps.takeOver(previous.steps)
        }
        while run.attempts.count < limit {
            let (attempt, followUps) = await attempt(prepared, count, run.steps)
            run.attempts.append(attempt)
            switch attempt.outcome {
            case .failed(_, let delay):
                clock.pass(delay)
                count.failed += 1
            case .busy(let delay), .slept(let delay):
                clock.pass(delay)
            case .handled, .ignored, .dead:
                run.followUps = followUps
                return run
            }
        }
        return run
    }

    private func attempt(
        _ prepared: PreparedDelivery,
        _ count: AttemptCount,
        _ steps: TrialSteps
    ) async -> (attempt: TrialAttempt, followUps: [EnqueuedEvent]) {
        let start = clock.now
        let outcome: AttemptOutcome?
        switch prepared.value(handler.decoder) {
        case .failure(let error):
            outcome = AttemptOutcome.undecodable(error, count, in: .zero)
        case .success(let decoded):
            outcome = await judged(prepared.event, decoded, count, steps)
        case nil:
            outcome = await judged(prepared.event, nil, count, steps)
        }
        let duration = start.duration(to: clock.now)
        let attempt = TrialAttempt(number: count.number, startedAt: start, duration: duration, outcome)
        guard case .handled(_, let completion) = outcome?.job else { return (attempt, []) }
        return (attempt, completion.followUps)
    }

    private func judged(
        _ event: Event,
        _ decoded: (any WebhookEvent)?,
        _ count: AttemptCount,
        _ steps: TrialSteps
    ) async -> AttemptOutcome? {
        let scope = AttemptScope()
        let context = HandlerContext(
            HandlerServices(handler.name, steps: steps.store(clock)),
            AttemptTicket(scope, 0, TrialHold()),
            attempt: count.number,
            event: event,
            logger: logger
        )
        let start = clock.now
        let (error, isTimedOut) = await clock.withTimeout(handler.options.timeout) { [handler] in
            try await handler.run(event, decoded, context)
        }
        return AttemptOutcome.decide(
            isTimedOut ? .timedOut : .own,
            error,
            count,
            jitter.applied(to: handler.options),
            leaving: scope.end(0),
            in: start.duration(to: clock.now),
            random: jitter.random
        )
    }
}

/// A reason for which there is nothing to try.
public struct TrialProblem: Error, Hashable, CustomStringConvertible {
    /// The fault, and what to do.
    public let description: String

    init(description: String) {
        self.description = description
    }

    static func notOne(_ name: HandlerName?, of names: [HandlerName]) -> TrialProblem {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        if names.isEmpty {
            return TrialProblem(description: "no handler is registered; register one in the closure")
        }
        guard let name else {
            return TrialProblem(description: "\(names.count) handlers are registered; name one of \(list)")
        }
        return TrialProblem(description: "no handler is named '\(name)'; there is \(list)")
    }
}
