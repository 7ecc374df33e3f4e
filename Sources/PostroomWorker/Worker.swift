public import CoreMetrics
import FoundationEssentials
public import Logging
public import PostroomCore
public import ServiceLifecycle

/// Claims deliveries, runs the handlers that subscribe to them, and settles what became of them.
///
/// Each handler has its own slots, so that a slow one delays no other. What fails is tried again by its handler's
/// policy; what is slow leaves its batch; what this worker does not have goes to the workers that do.
public final class Worker: Service, HandOff {
    private let parts: WorkerParts
    private let stopping = Stopping()

    /// Puts a worker together; it begins with ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: How much it takes on, and how long it waits for what.
    ///   - handlers: The handlers that it runs, at least one: a program without handlers has no worker.
    ///   - rules: What is known of a source.
    ///   - eventType: Reads the type of a retry's delivery that was stored without one, by today's rules; unless it is
    ///     given, the source's rules do.
    ///   - queue: Where it claims and settles.
    ///   - metrics: Where its metrics are made.
    ///   - logger: Where it logs. Handlers get it too, with the delivery, the handler and the attempt.
    ///   - clock: Its sense of time.
    ///   - random: Where its jitter comes from.
    public init(
        configuration: WorkerConfiguration,
        handlers: HandlerRegistry,
        rules: @escaping @Sendable (Source) -> any SourceRules,
        eventType: (@Sendable (Delivery) -> String?)? = nil,
        queue: any WorkQueue,
        metrics: any MetricsFactory,
        logger: Logger,
        clock: WorkerClock = .system,
        random: WorkerRandom = .system
    ) {
        self.parts = WorkerParts(
            configuration,
            handlers.handlers,
            rules: rules,
            eventType: eventType,
            queue: queue,
            metrics: metrics,
            log: logger,
            clock: clock,
            random: random
        )
    }

    /// Works until it is told to stop by a graceful shutdown or by cancellation.
    ///
    /// Then it claims nothing more, lets running handlers end within the grace time, cancels the others, settles what
    /// ended and gives back the rest. It does not wait for a handler that ignores its cancellation. A worker runs once.
    public func run() async throws {
        // unstructured: shields the final settlements from the cancellation that asks for them
        let work = Task.detached { await self.work() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await work.value
        } onCancelOrGracefulShutdown: { [stopping] in
            stopping.request()
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
                }
            }
            var registrar = Registrar(parts)
            while let session = await registrar.register(unless: stopping) {
                await SessionRun(parts, session, stopping).run()
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

    /// Asks for room for a commit of that size.
    ///
    /// - Returns: The identity to claim for, or `nil` where there is no room, or the worker stops.
    public func reserve(_ size: WorkSize) -> WorkerID? {
        parts.reservations.reserve(size)
    }

    /// Takes over batches that were committed claimed.
    ///
    /// Those of an identity that is gone are not run: the inbox has given them back, or will.
    ///
    /// - Parameters:
    ///   - batches: The batches.
    ///   - worker: The identity that they were claimed for.
    ///   - size: How much was reserved.
    public func accept(_ batches: [ClaimedBatch], for worker: WorkerID, reserved size: WorkSize) {
        let session = parts.reservations.session
        if let session, session.worker == worker {
            parts.start(batches, in: session)
        }
        parts.reservations.end(size)
    }

    /// Ends a reservation whose commit failed.
    public func cancel(reserved size: WorkSize) {
        parts.reservations.session?.mayHaveUnknownClaims(at: parts.clock.now())
        parts.reservations.end(size)
    }

    /// Says that unclaimed work was committed.
    public func wake() {
        parts.reservations.session?.claimSoon()
    }
}
