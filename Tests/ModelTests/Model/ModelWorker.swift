import CoreMetrics
import Logging
import PostroomCore
import PostroomSources

@testable import PostroomWorker
@testable import TestSupport

/// A worker that does nothing by itself: the sessions, outboxes, ledgers, batches and replies of the real one, moved step
/// by step in the place of its loops.
final class ModelWorker {
    /// A pair that is to be run.
    struct QueuedAttempt {
        enum Owner {
            case batch(BatchRun, pair: Int)
            case retry(HeldRetry)
        }

        let owner: Owner
        let failedAttempts: Int
        var isRunning = false
    }

    /// A call whose reply is under way.
    struct Turn {
        let chunk: SettlementChunk
        let settlement: Settlement
        let request: ClaimRequest
        /// The database's answer; `nil` where it was never asked.
        let answer: (SettlementResult, [ClaimedBatch])?
    }

    let parts: WorkerParts
    var session: Session?
    var jobs: [QueuedAttempt] = []
    var turn: Turn?
    var retries: [ClaimedRetry]?
    /// True if the claimed retry is a suspect, which runs alone.
    var isSuspect = false

    init(handlers names: [HandlerName]) {
        var registry = HandlerRegistry()
        for name in names {
            registry.on(.everything, named: name) { _, _ in }
        }
        parts = WorkerParts(
            WorkerConfiguration(label: "model"),
            registry.handlers,
            rules: SourceRegistry.builtIn.rules(for:),
            queue: InMemoryInbox(),
            metrics: NOOPMetricsHandler.instance,
            log: Logger(label: "model") { _ in SwiftLogNoOpLogHandler() },
            clock: .system,
            random: .system
        )
    }

    var registration: WorkerRegistration {
        WorkerRegistration(label: "model", handlers: parts.handlers.map { ($0.name, $0.patterns) })
    }

    /// Begins a session, as the registrar does.
    func begin(_ worker: WorkerID, _ directory: HandlerDirectory) {
        let budget = CapacityBudget(limit: WorkSize(count: 8, bytes: 1_000_000), perClaim: 2)
        session = Session(
            worker,
            SessionState(budget: budget, router: parts.router(directory)),
            watchSignal: parts.watchSignal
        )
        jobs = []
        turn = nil
        retries = nil
    }

    /// Loses everything, as a process does that is killed.
    func die() {
        session = nil
        jobs = []
        turn = nil
        retries = nil
    }

    /// Settles and claims, as the turn loop does.
    ///
    /// - Parameter commit: The work of the database; `nil` where it is not reached.
    func send(_ commit: ((Settlement, ClaimRequest, WorkerID) -> (SettlementResult, [ClaimedBatch]))?) {
        guard let session else { return }
        let directory = session.router
        let (chunk, request) = session.with { state in
            var chunk = state.settlements.take(at: .zero)
            state.dropSettled(&chunk)
            return (chunk, state.budget.ask(reserved: .zero))
        }
        let settlement = Settlement(
            batches: chunk.batches.map { $0.settlement(by: directory) },
            retries: chunk.retries,
            directoryVersion: directory.version
        )
        turn = Turn(
            chunk: chunk,
            settlement: settlement,
            request: request,
            answer: commit?(settlement, request, session.worker)
        )
    }

    /// Reads the reply, as the turn loop does.
    func readReply(_ directory: HandlerDirectory) {
        guard let session, let turn, let (result, claimed) = turn.answer else { return }
        self.turn = nil
        session.with { $0.budget.answered(turn.request.size) }
        take(session.take(claimed, at: .zero))
        if result.directoryIsStale {
            _ = session.learn(parts.router(directory))
        }
        SettlementReply(parts, session).read(result, to: turn.chunk, turn.settlement, at: .zero)
    }

    /// Does what follows from a lost reply, as the turn loop does.
    func loseReply() {
        guard let session, let turn else { return }
        self.turn = nil
        session.with { state in
            state.budget.answered(turn.request.size)
            state.failed(turn.chunk)
            state.holdsRetryClaims = state.holdsRetryClaims || !turn.chunk.retries.isEmpty
        }
        if turn.request.deliveries > 0 {
            session.mayHaveUnknownClaims(at: .zero)
        }
    }

    /// Prepares batches: their pairs are made as the router says.
    private func take(_ runs: [BatchRun]) {
        for run in runs {
            guard !run.isSuspect else {
                _ = run.detachUnfinished()
                continue
            }
            var pairs: [BatchProgress.Job] = []
            for (index, delivery) in run.deliveries(0..<run.count).enumerated() {
                let route = run.router.route(delivery)
                for owed in route.owed {
                    let outcome = JobOutcome.owed(dueIn: owed.dueIn, failure: nil)
                    pairs.append(BatchProgress.Job(delivery: index, handler: owed.handler, status: .ended(outcome)))
                }
                for runner in route.runs {
                    let handler = run.router.name(at: runner)
                    pairs.append(BatchProgress.Job(delivery: index, handler: handler, status: .waiting))
                }
            }
            guard let base = run.add(pairs, of: 0..<run.count) else { continue }
            for (offset, pair) in pairs.enumerated() {
                if case .waiting = pair.status {
                    jobs.append(QueuedAttempt(owner: .batch(run, pair: base + offset), failedAttempts: 0))
                }
            }
        }
    }

    /// Takes claimed retries over, as the retry loop does.
    func takeRetries() {
        guard let session, let claimed = retries else { return }
        retries = nil
        if isSuspect, let suspect = claimed.first {
            session.with { $0.began(suspect: suspect.key) }
        }
        for held in session.take(claimed) {
            jobs.append(QueuedAttempt(owner: .retry(held), failedAttempts: held.retry.failedAttempts))
        }
        session.claimedRetries(.zero)
    }

    /// Does what follows from lost retries, as the retry loop does.
    func loseRetries() {
        retries = nil
        session?.claimedRetries(.zero)
        session?.mayHaveUnknownClaims(at: .zero)
    }

    /// Begins the first pair that still waits.
    func beginJob() {
        while let index = jobs.firstIndex(where: { !$0.isRunning }) {
            let begins =
                switch jobs[index].owner {
                case .batch(let run, let pair): run.begin(pair)
                case .retry(let held): held.begin()
                }
            guard !begins else {
                jobs[index].isRunning = true
                return
            }
            jobs.remove(at: index)
        }
    }

    /// Ends the first pair that runs.
    func endJob(isHandled: Bool) {
        guard let index = jobs.firstIndex(where: \.isRunning) else { return }
        let job = jobs.remove(at: index)
        let outcome = Self.outcome(isHandled, failedAttempts: job.failedAttempts)
        switch job.owner {
        case .batch(let run, let pair): run.end(pair, outcome)
        case .retry(let held): held.end(outcome)
        }
    }

    /// Three attempts, without a delay.
    private static func outcome(_ isHandled: Bool, failedAttempts: Int) -> JobOutcome {
        guard !isHandled else { return .handled(duration: .zero) }
        let failure = AttemptFailure(attempt: failedAttempts + 1, error: "refused", duration: .zero)
        return failedAttempts % 3 == 2
            ? .dead(reason: .exhausted, failure: failure) : .owed(dueIn: .zero, failure: failure)
    }
}
