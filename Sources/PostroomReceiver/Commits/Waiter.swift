import NIOCore

/// Who waits for the commit of a request.
protocol CommitWaiter: Sendable {
    /// Gives each waiter its answer.
    static func tell(_ waiters: [Self], _ responses: [Response])
}

extension CommitWaiter {
    /// Gives every waiter the same answer.
    static func tell(_ waiters: [Self], _ response: Response) {
        tell(waiters, Array(repeating: response, count: waiters.count))
    }
}

/// A request that waits for its commit: the connection it came by, and its number there.
struct Waiter: CommitWaiter {
    let connection: NIOLoopBound<Connection>
    let request: UInt64
    /// Where its answer is counted.
    let counters: ResponseCounters

    /// Gives each waiter its answer, with one hop for each event loop among them.
    static func tell(_ waiters: [Waiter], _ responses: [Response]) {
        for eventLoop in eventLoops(of: waiters) {
            eventLoop.execute {
                let mine = waiters.indices.filter { waiters[$0].connection.eventLoop === eventLoop }
                for index in mine {
                    let waiter = waiters[index]
                    waiter.counters.count(responses[index].kind)
                    waiter.connection.value.response(waiter.request, with: responses[index])
                }
                for index in mine {
                    waiters[index].connection.value.flushResponses()
                }
            }
        }
    }

    private static func eventLoops(of waiters: [Waiter]) -> [any EventLoop] {
        var found: [any EventLoop] = []
        for waiter in waiters where !found.contains(where: { $0 === waiter.connection.eventLoop }) {
            found.append(waiter.connection.eventLoop)
        }
        return found
    }
}
