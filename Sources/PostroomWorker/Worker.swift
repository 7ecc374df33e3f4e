package import CoreMetrics
package import Logging
package import PostroomCore
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A worker: claims deliveries, runs the handlers that subscribe to them, and settles the outcomes.
///
/// Each handler has its own slots, so that a slow one delays no other. A job that fails is tried again by its handler's
/// policy; one that is slow leaves its batch; one whose handler this worker does not have goes to the workers that do.
///
/// ## From a claim to a handler and back
///
/// ```
///    Postgres ───────────── claims, replies ─────────────┐  receiver in this process
///       ▲                                                 │     │ accept (hand-off)
///       │ settle + claim: one commit                      ▼     ▼
///   SettleAndClaimLoop   RetryLoop   SuspectLoop ──▶ Session (what is held)
///       ▲                                                 │ BatchRun, HeldRetry
///       │ workSignal                                      ▼
///   SettlementQueue                                  Preparation (routes, decodes once)
///       ▲                                                 │ QueuedAttempt
///       │ the last job of a batch, or a retry, ended      ▼
///       └───────────── AttemptReport ◀── handler ◀── HandlerQueue (slots, circuit breaker)
/// ```
///
/// 1. ``SettleAndClaimLoop`` claims batches, ``RetryLoop`` due retries and ``SuspectLoop`` one crash suspect at a time;
///    the receiver hands over what it committed for this worker (``accept(_:for:reserved:)``).
/// 2. ``Session`` takes each batch over as a ``BatchRun`` and each retry as a ``HeldRetry``, and books their size in its
///    ``CapacityBudget``.
/// 3. ``Preparation`` asks the ``Router`` for the handlers of each delivery, decodes it once for each type, and queues an
///    attempt at each handler's ``HandlerQueue``. Jobs of handlers that are paused, or not of this worker, are owed at once.
/// 4. A runner of the queue begins the attempt (``BatchProgress`` says whether it is still wanted) and calls the handler.
/// 5. ``AttemptReport`` has ``AttemptOutcome`` decide what the attempt means, logs and counts it, and hands the job's
///    outcome to the batch or the retry.
/// 6. The last outcome of a batch, and each outcome of a retry, goes to the ``SettlementQueue``; the next turn of
///    ``SettleAndClaimLoop`` writes it, and ``SettlementReply`` frees its capacity.
///
/// ## The loops
///
/// Those of a session begin with a registration and end with its identity; the others last as long as ``run()``.
///
/// | loop | does | wakes for |
/// | --- | --- | --- |
/// | ``SettleAndClaimLoop`` | settles, claims batches; before a turn ``LostReplyRecovery``, when it is due | `workSignal` |
/// | ``RetryLoop`` | claims due retries | `retrySignal` |
/// | ``SuspectLoop`` | claims one suspect, waits for its settlement | `suspectSignal`, `suspectEnded` |
/// | ``HeartbeatLoop`` | sends heartbeats, reads a newer directory | its interval, `heartbeatSignal` |
/// | ``KeyLoop`` | asks whether jobs may begin by the limits of their keys, frees their slots | `keys.signal` |
/// | ``LimitLoop`` | adjusts shares of limits, passes on that handlers are busy | its interval, `limitSignal` |
/// | ``RescueLoop`` | returns the claims of silent workers | its interval |
/// | ``DeadLetterLoop`` | tells the program's hooks of dead letters, where it has some | its interval, `letterSignal` |
/// | three pollers | raise `workSignal`, `retrySignal`, `suspectSignal` | their intervals |
/// | ``TimeoutLoop`` | cancels late attempts, detaches jobs from old batches | its tick while something is held, `watchSignal` |
/// | ``Preparation`` | step 3, on every core | work that is added |
/// | two listeners | pass on the inbox's wake-ups and directory changes | `LISTEN` |
/// | runners | one for each slot in use: run attempts | the queue, when attempts wait and a slot is free |
///
/// ## The signals
///
/// Each wakes one loop, and a signal that comes while its loop is busy is kept.
///
/// | signal | raised by |
/// | --- | --- |
/// | `workSignal` | a batch or retry that ended; ``Session/claimSoon()`` (poller, wake-up, rescue, recovery); ``TimeoutLoop`` when a recovery is due; the end of the last hand-off; the end of the session |
/// | `retrySignal` | poller, wake-up, a retry written here that is due, a queue that has slots again, a newer directory, a rescue |
/// | `suspectSignal` | poller, a queue that freed a slot for a suspect, a suspect batch that was settled, a rescue |
/// | `suspectEnded`, `retryClaimEnded` | a settlement's reply; the end of a call that claims retries |
/// | `heartbeatSignal` | a directory change, a settlement that came too late |
/// | `keys.signal` | a job of a limited key that was claimed, or whose attempt returned |
/// | `limitSignal` | a directory change, a rescue, a handler that is busy, a share that can be given back |
/// | `letterSignal` | a settlement with dead letters |
/// | `watchSignal` | claims that were taken over, retries and recoveries that will be due |
/// | `ending`, `drained` | the order to stop or a lost identity; the last settlement of a worker that stops |
/// | `isQuiet` | the end of the last hand-off reservation |
///
/// ## The locks
///
/// Each is held for a few lines of memory work, never across an `await`. Where two are held, the first in this list is
/// taken first: ``HandOffReservations``, ``Session``, ``SettlementQueue``, ``BatchRun`` or ``HeldRetry``. A
/// ``HandlerQueue`` may look at a batch or a retry while it is locked. Continuations are resumed, tasks cancelled and
/// signals raised by the queues outside their locks.
///
/// The decisions are values without locks or I/O, and are tested as such: ``SessionState``, ``SettlementQueueState``,
/// ``BatchProgress``, ``HandlerQueueState``, ``CircuitBreaker``, ``CapacityBudget``, ``SilenceWatch``, ``AttemptOutcome``.
package final class Worker: Service, HandOff {
    private let parts: WorkerParts
    private let isStopping = Observed(false)

    /// Puts a worker together; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Its limits and intervals.
    ///   - handlers: The handlers that it runs, at least one: a program without handlers has no worker.
    ///   - rules: Returns the rules of a source.
    ///   - eventType: Reads the type of a retry's delivery that was stored without one, by today's rules; unless it is
    ///     given, the source's rules do.
    ///   - queue: The queue from which it claims and in which it settles.
    ///   - metrics: The factory of its metrics.
    ///   - logger: Its logger. Handlers get it too, with the delivery, the handler and the attempt.
    ///   - clock: Its clock.
    ///   - random: The source of its jitter.
    ///   - observer: Told of every attempt that ended, before it is settled.
    ///   - traces: The traces that attempts belong to; none unless given.
    package init(
        configuration: WorkerConfiguration,
        handlers: HandlerRegistry,
        rules: @escaping @Sendable (Source) -> any SourceRules,
        eventType: (@Sendable (Delivery) -> String?)? = nil,
        queue: any WorkQueue,
        metrics: any MetricsFactory,
        logger: Logger,
        clock: WorkerClock = .system,
        random: WorkerRandom = .system,
        observer: EndedAttempt.Observer? = nil,
        traces: Traces? = nil
    ) {
        self.parts = WorkerParts(
            configuration,
            handlers.handlers,
            deadLetterHooks: handlers.deadLetterHooks,
            rules: rules,
            eventType: eventType,
            queue: queue,
            metrics: metrics,
            log: logger,
            clock: clock,
            random: random,
            observer: observer,
            traces: traces
        )
    }

    /// Works until it is told to stop by a graceful shutdown or by cancellation.
    ///
    /// Then it claims nothing more, lets running handlers end within the grace time, cancels the others, settles what
    /// ended and releases the rest. It does not wait for a handler that ignores its cancellation. A worker runs once.
    package func run() async throws {
        // unstructured: shields the final settlements from the cancellation that asks for them
        let work = Task.detached { await self.work() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await work.value
        } onCancelOrGracefulShutdown: { [isStopping] in
            isStopping.update { $0 = true }
        }
    }

    private func work() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(2, ProcessInfo.processInfo.activeProcessorCount) {
                group.addTask { [parts] in await parts.preparation.run() }
            }
            group.addTask { [parts] in await TimeoutLoop(parts).run() }
            group.addTask { [parts] in
                for await _ in parts.inbox.wakeUps() {
                    parts.reservations.session?.claimSoon()
                    parts.retrySignal.raise()
                }
            }
            group.addTask { [parts] in
                for await _ in parts.inbox.directoryChanges() {
                    parts.reservations.session?.heartbeatSignal.raise()
                    parts.limitSignal.raise()
                }
            }
            var registrar = Registrar(parts)
            while let session = await registrar.register(unless: isStopping) {
                await SessionRun(parts, session, isStopping).run()
            }
            for queue in parts.handlerQueues {
                queue.close()
            }
            parts.preparation.close()
            parts.reports.forEach { $0.tellUntold(all: true) }
            group.cancelAll()
        }
    }

    // MARK: - Hand-off

    /// Reserves capacity for a commit of that size.
    ///
    /// - Returns: The identity to claim for, or `nil` where there is no capacity, or the worker stops.
    package func reserve(_ size: WorkSize) -> WorkerID? {
        parts.reservations.reserve(size)
    }

    /// Takes over batches that were committed claimed.
    ///
    /// Those of an identity that is gone are not run: a rescue has released them, or will.
    ///
    /// - Parameters:
    ///   - batches: The batches.
    ///   - worker: The identity that they were claimed for.
    ///   - size: The size that was reserved.
    package func accept(_ batches: [ClaimedBatch], for worker: WorkerID, reserved size: WorkSize) {
        let session = parts.reservations.session
        if let session, session.worker == worker {
            parts.start(batches, in: session, isFirstRun: true)
        }
        parts.reservations.end(size)
    }

    /// Ends a reservation whose commit failed.
    package func cancel(reserved size: WorkSize) {
        parts.reservations.session?.mayHaveUnknownClaims(at: parts.clock.now())
        parts.reservations.end(size)
    }

    /// Claims soon: unclaimed work was committed.
    package func wake() {
        parts.reservations.session?.claimSoon()
    }
}
