package import CoreMetrics
package import FoundationEssentials
package import Logging
import NIOCore
import NIOPosix
package import PostroomCore
import ServiceLifecycle

/// The HTTP intake: takes `POST /hooks/{endpoint}`, verifies, commits, and only then answers 200.
///
/// Requests that come while a commit is under way are committed together in the next one. A request that can't be
/// committed is answered 503 with `Retry-After`, never with anything that a sender would take as final.
///
/// Metrics: `postroom_intake_requests_total{endpoint,answer}`, `postroom_intake_refusals_total{endpoint,reason}`,
/// `postroom_intake_unreadable_total{endpoint,reason}`,
/// `postroom_intake_commit_seconds`, `postroom_intake_commit_size`, `postroom_intake_in_flight`,
/// `postroom_intake_bytes_total`, `postroom_intake_evictions_total`, `postroom_receiver_connections`,
/// `postroom_receiver_turned_away_total{reason}`.
package final class Receiver: Service {
    let context: ReceiverContext
    private let logger: Logger
    private let lifecycle = ReceiverLifecycle()

    /// Puts a receiver together; ``run()`` starts it, once.
    ///
    /// - Parameters:
    ///   - configuration: The address, the limits and the timeouts.
    ///   - endpoints: The endpoints that may be posted to.
    ///   - store: The inbox that deliveries are committed to. It must end every commit by itself, with an error if need be.
    ///   - handOff: A worker in this process that takes committed deliveries over, or `nil`.
    ///   - metrics: The factory of its metrics.
    ///   - logger: The log for refusals and failing commits.
    ///   - traces: The traces that requests belong to; none unless given.
    ///   - now: The time, by which signatures are verified.
    package convenience init(
        configuration: ReceiverConfiguration,
        endpoints: [ReceiverEndpoint],
        store: any IntakeStore,
        handOff: (any HandOff)? = nil,
        metrics: any MetricsFactory,
        logger: Logger,
        traces: Traces? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            configuration: configuration,
            endpoints: endpoints,
            targets: IntakeTargets([IntakeTargets.Target(store: store, handOff: handOff)]),
            metrics: metrics,
            logger: logger,
            traces: traces,
            now: now
        )
    }

    /// Puts a receiver together that commits to several stores.
    package init(
        configuration: ReceiverConfiguration,
        endpoints: [ReceiverEndpoint],
        targets: IntakeTargets,
        metrics: any MetricsFactory,
        logger: Logger,
        traces: Traces? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let limits = configuration.limits
        let connections = ConnectionLimit.affordable(limits.connections)
        let budget = IntakeBudget(requests: limits.requestsInFlight, bytes: limits.bodyBytes)
        let committer = CommitRoutes(targets) { target in
            GroupCommitter(
                configuration: configuration,
                store: target.store,
                handOff: target.handOff,
                history: targets.history,
                oneOf: targets.targets.count,
                budget: budget,
                metrics: metrics,
                logger: logger
            )
        }
        let unreadable = UnreadableReport(factory: metrics, logger: logger)
        let metrics = ReceiverMetrics(factory: metrics)
        let notes = IntakeNotes(endpoints)
        self.logger = logger
        self.context = ReceiverContext(
            configuration: configuration,
            endpoints: EndpointTable(
                endpoints,
                pathPrefix: configuration.pathPrefix,
                metrics: metrics,
                notes: notes
            ),
            committer: committer,
            budget: budget,
            metrics: metrics,
            refusals: RefusalLog(endpoints: endpoints.map(\.name.rawValue), logger: logger),
            unreadable: unreadable,
            notes: notes,
            connectionLimit: ConnectionLimit(
                limit: connections,
                share: ConnectionLimit.Share(of: limits, connections: connections)
            ),
            traces: traces,
            now: now
        )
    }

    /// The stage of its life, for a readiness check.
    package var state: ReceiverState {
        lifecycle.state
    }

    /// The facts of single requests, for people.
    package var notes: IntakeNotes {
        context.notes
    }

    /// Waits until the receiver listens.
    ///
    /// - Returns: The address it listens on, with the port it got where 0 was configured.
    /// - Throws: ``ReceiverError`` if it ends before.
    package func boundAddress() async throws -> BoundAddress {
        try await lifecycle.boundAddress()
    }

    /// Listens and serves until a graceful shutdown or cancellation.
    ///
    /// At a graceful shutdown it stops accepting, answers what is under way, answers what comes on open connections 503,
    /// and returns when all connections are closed, at the latest after the configured grace and the commit that runs
    /// then. When cancelled it closes its connections at once.
    ///
    /// - Throws: ``ReceiverError`` where it can't listen or can't use its certificate.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, context.configuration.eventLoops))
        do {
            try await serve(on: group)
        } catch {
            lifecycle.ended()
            try? await group.shutdownGracefully()
            throw error
        }
        lifecycle.ended()
        try? await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let certificates = try await certificates()
        let loops = try await EventLoopStates(on: group, receiver: context, housekeeping: housekeeping)
        let listener = try await Listener(receiver: context, loops: loops, certificates: certificates).bind(on: group)
        let reloading = certificates?.startReloading(on: group.next())
        let address = BoundAddress(listener.localAddress)
        lifecycle.listens(at: address)
        logger.info("The receiver listens", metadata: ["host": "\(address.host)", "port": "\(address.port)"])
        var endOfGrace: Scheduled<Void>?
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { [context] in await context.committer.run() }
            try? await gracefulShutdown()
            lifecycle.drains()
            try? await listener.close().get()
            let grace = Task.isCancelled ? .zero : TimeAmount(context.configuration.timeouts.shutdown)
            let end = group.next().scheduleTask(in: grace) { [context] in context.committer.abandon() }
            await loops.drain(within: grace)
            context.committer.finish()
            endOfGrace = end
        }
        endOfGrace?.cancel()
        reloading?.cancel()
        await loops.stop()
        logger.info("The receiver has ended")
    }

    private func certificates() async throws -> TLSCertificates? {
        guard let files = context.configuration.tls else { return nil }
        return try await NIOThreadPool.singleton.runIfActive { [logger] in
            try TLSCertificates(files, logger: logger)
        }
    }

    private func housekeeping(_ now: NIODeadline) {
        context.endpoints.tellSilences(at: now)
        context.committer.expire(at: now)
        context.refusals.reportDue(at: now)
        context.unreadable.reportDue(at: now)
        context.metrics.inFlight.set(context.budget.requests)
        context.metrics.connections.set(context.connectionLimit.count)
    }
}
