import NIOCore
package import PostroomCore

/// The stores that a receiver commits to: one, or one for each server that shares the deliveries.
package struct IntakeTargets: Sendable {
    /// A store, and the worker in this process that runs what is committed there.
    package struct Target: Sendable {
        /// The store, which must end every commit by itself, with an error if need be.
        package let store: any IntakeStore
        /// The worker that takes committed deliveries over, or `nil`.
        package let handOff: (any HandOff)?

        /// Names a store and its worker.
        package init(store: any IntakeStore, handOff: (any HandOff)?) {
            self.store = store
            self.handOff = handOff
        }
    }

    /// The stores, one at least.
    package let targets: [Target]
    /// The memory of keys beside that of the store which a delivery is committed to, or `nil`.
    package let history: (any KeyHistory)?
    /// Chooses the store of a delivery, by its index.
    package let home: @Sendable (IncomingDelivery) -> Int

    /// Names stores among which each delivery has its own.
    package init(
        _ targets: [Target],
        history: (any KeyHistory)? = nil,
        home: @escaping @Sendable (IncomingDelivery) -> Int = { _ in 0 }
    ) {
        self.targets = targets
        self.history = history
        self.home = home
    }
}

/// The committers of a receiver, one for each store, so that a store that is stuck holds up its own deliveries only.
struct CommitRoutes: Sendable {
    private let committers: [GroupCommitter]
    private let home: @Sendable (IncomingDelivery) -> Int

    init(_ targets: IntakeTargets, _ make: (IntakeTargets.Target) -> GroupCommitter) {
        self.committers = targets.targets.map(make)
        self.home = targets.home
    }

    /// The number of requests that wait for a commit to begin.
    var waitingCount: Int {
        committers.reduce(0) { $0 + $1.waitingCount }
    }

    /// Takes deliveries in.
    func submit(_ requests: [CommitRequest], for client: any CommitClient) {
        guard committers.count > 1 else { return committers[0].submit(requests, for: client) }
        var parts = [[CommitRequest]](repeating: [], count: committers.count)
        for request in requests {
            parts[home(request.delivery)].append(request)
        }
        for (committer, part) in zip(committers, parts) where !part.isEmpty {
            committer.submit(part, for: client)
        }
    }

    /// Commits what is submitted, until ``finish()`` was called and nothing waits.
    func run() async {
        await withDiscardingTaskGroup { group in
            for committer in committers {
                group.addTask { await committer.run() }
            }
        }
    }

    /// Ends the wait of those who have waited too long.
    func expire(at now: NIODeadline) {
        committers.forEach { $0.expire(at: now) }
    }

    /// Takes nothing more in, and lets ``run()`` return once nothing waits.
    func finish() {
        committers.forEach { $0.finish() }
    }

    /// Drops what waits, and lets ``run()`` return after the commits that are under way.
    func abandon() {
        committers.forEach { $0.abandon() }
    }
}
