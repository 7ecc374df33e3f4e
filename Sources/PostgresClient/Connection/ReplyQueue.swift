/// The callers of a pipelined connection who wait for replies, in the order of their requests.
///
/// A request is some commands and a sync: each command is answered by one reply or one refusal, the commands after a
/// refusal are skipped, and the sync ends the request. The server rolls the whole request back on a refusal.
struct ReplyQueue<Waiter, Reply> {
    /// An arrival from the server.
    enum Event {
        case reply(Reply)
        /// The server refused a command. The closure makes the error of the command's number within its request.
        case refusal((Int) -> PostgresError)
        case skipped
        case synced
    }

    /// The reaction to an arrival.
    enum Action {
        case wait
        case answer(Waiter, Result<[Reply], PostgresError>)
        /// Gives the connection up: the server answered what was not asked.
        case giveUp
    }

    private struct Request {
        let waiter: Waiter
        let commands: Int
        var replies: [Reply] = []
        var refusal: PostgresError?
        var skipped = 0

        var answered: Int { replies.count + (refusal == nil ? 0 : 1) + skipped }
    }

    private var requests: [Request] = []
    private var head = 0

    /// True if nobody waits.
    var isEmpty: Bool { head == requests.count }

    /// The number of requests that wait.
    var count: Int { requests.count - head }

    /// The caller of the request at the head.
    var headWaiter: Waiter? { isEmpty ? nil : requests[head].waiter }

    /// Takes note of a request that was sent.
    mutating func sent(commands: Int, waiter: Waiter) {
        requests.append(Request(waiter: waiter, commands: commands))
    }

    /// Takes an arrival for the request at the head.
    mutating func received(_ event: Event) -> Action {
        guard !isEmpty else { return .giveUp }
        switch event {
        case .reply(let reply):
            guard requests[head].refusal == nil, requests[head].answered < requests[head].commands else {
                return .giveUp
            }
            requests[head].replies.append(reply)
            return .wait
        case .refusal(let error):
            // A sync can be refused too: a deferred constraint fails the commit after all replies came.
            guard requests[head].refusal == nil else { return .giveUp }
            requests[head].refusal = error(min(requests[head].replies.count, requests[head].commands - 1))
            return .wait
        case .skipped:
            guard requests[head].refusal != nil, requests[head].answered < requests[head].commands else {
                return .giveUp
            }
            requests[head].skipped += 1
            return .wait
        case .synced:
            guard requests[head].answered >= requests[head].commands else { return .giveUp }
            let request = removeHead()
            return .answer(request.waiter, request.refusal.map { .failure($0) } ?? .success(request.replies))
        }
    }

    /// Gives up all requests, as the connection ended.
    ///
    /// - Returns: The callers, in order.
    mutating func drain() -> [Waiter] {
        defer {
            requests = []
            head = 0
        }
        return requests[head...].map(\.waiter)
    }

    private mutating func removeHead() -> Request {
        let request = requests[head]
        head += 1
        if head == requests.count {
            requests.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= requests.count {
            requests.removeFirst(head)
            head = 0
        } else {
            requests[head - 1].replies = []
        }
        return request
    }
}
