/// Work that may outlive the request that asked for it, run as children of the server's own task.
final class BackgroundWork: Sendable {
    private let queue: AsyncStream<@Sendable () async -> Void>
    private let entrance: AsyncStream<@Sendable () async -> Void>.Continuation

    init() {
        (queue, entrance) = AsyncStream.makeStream()
    }

    /// Hands work over; it starts while ``run()`` runs.
    func start(_ work: @escaping @Sendable () async -> Void) {
        entrance.yield(work)
    }

    /// Runs what is handed over, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in queue {
                group.addTask { await work() }
            }
        }
    }
}
