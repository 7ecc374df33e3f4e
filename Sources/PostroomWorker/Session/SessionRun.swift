import Logging
import PostroomCore

/// Runs one session: its loops, and its end.
struct SessionRun {
    private let parts: WorkerParts
    private let session: Session
    private let isStopping: Observed<Bool>

    init(_ parts: WorkerParts, _ session: Session, _ isStopping: Observed<Bool>) {
        self.parts = parts
        self.session = session
        self.isStopping = isStopping
    }

    /// Returns when the worker has stopped, or its identity is gone and it must register anew.
    func run() async {
        parts.reservations.open(session)
        await withDiscardingTaskGroup { group in
            group.addTask {
                var loop = SettleAndClaimLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = RetryLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = SuspectLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = HeartbeatLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = KeyLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = LimitLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = RescueLoop(parts, session)
                await loop.run()
            }
            group.addTask {
                var loop = DeadLetterLoop(parts, session)
                await loop.run()
            }
            group.addTask { await poll(parts.configuration.claimInterval) { session.claimSoon() } }
            group.addTask { await poll(parts.configuration.retryInterval) { parts.retrySignal.raise() } }
            group.addTask { await poll(parts.configuration.suspectInterval) { parts.suspectSignal.raise() } }
            group.addTask {
                await isStopping.wait(until: \.self)
                session.ending.raise()
            }
            while !isStopping.current && !session.isDropped {
                await session.ending.wait()
            }
            parts.reservations.close()
            if isStopping.current && !session.isDropped {
                await drain()
            }
            group.cancelAll()
        }
        if session.isDropped {
            drop()
        } else {
            await deregister()
        }
    }

    private func poll(_ interval: Duration, _ look: @Sendable () -> Void) async {
        while !Task.isCancelled {
            await parts.pause(parts.random.jittered(interval))
            look()
        }
    }

    // MARK: - Stopping

    /// Lets attempts that run come to their end, within the grace time, and settles them; jobs that have not begun are
    /// released.
    private func drain() async {
        session.stop()
        for run in session.with({ $0.allRuns }) {
            _ = run.detachUnfinished()
        }
        for queue in parts.handlerQueues {
            queue.purge()
        }
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled && !session.isDrained {
                    await session.drained.wait()
                }
            }
            group.addTask {
                await parts.pause(parts.configuration.shutdownGrace)
                guard !Task.isCancelled else { return }
                for queue in parts.handlerQueues {
                    queue.cancelAll(.shutdown)
                }
                // Time to return, and to be settled.
                await parts.pause(parts.configuration.cancellationGrace * 2)
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Releases the claims that are still held.
    ///
    /// Where the inbox can't be reached, another worker's rescue does it.
    private func deregister() async {
        if parts.reservations.reserved != .zero {
            // The receiver's last commit may claim for this worker still.
            await parts.wait(for: parts.reservations.isQuiet, atMost: parts.configuration.cancellationGrace * 2)
        }
        var backoff = Backoff()
        for attempt in 1...5 {
            do {
                try await parts.inbox.deregister(session.worker)
                parts.log.info("deregistered", metadata: ["worker": .stringConvertible(session.worker)])
                return
            } catch {
                parts.log.warning(
                    "could not deregister; the claims come back when the lease ends",
                    metadata: ["attempt": .stringConvertible(attempt), "error": .string(error.description)]
                )
                await parts.pause(backoff.next(parts.random))
            }
        }
    }

    /// Cancels the attempts for a lost identity.
    private func drop() {
        for queue in parts.handlerQueues {
            queue.purge()
            queue.cancelAll(.dropped)
        }
    }
}
