/// What is owed to the callers of a pipelined connection, in the order of their requests.
///
/// A request is some commands and a sync: each command is answered by one reply or one refusal, the commands after a
/// refusal are skipped, and the sync ends the request. The server rolls the whole request back on a refusal.
struct ReplyQueue<Waiter, Reply> {
    /// What arrived.
    enum Event {
        case reply(Reply)
        /// The server refused a command. The closure makes the error of the command's number within its request.
        case refusal((Int) -> PostgresError)
        case skipped
        case synced
    }

    /// What to do about it.
    enum Action {
        case wait
        case answer(Waiter, Result<[Reply], PostgresError>)
        /// The server answered what was not asked: the connection cannot be trusted any more.
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

    /// Whether nobody waits.
    var isEmpty: Bool { head == requests.count }

    /// How many requests wait.
    var count: Int { requests.count - head }

    /// Who waits for the request at the head.
    var headWaiter: Waiter? { isEmpty ? nil : requests[head].waiter }

    /// A request was sent.
    mutating func sent(commands: Int, waiter: Waiter) {
        requests.append(Request(waiter: waiter, commands: commands))
    }

    /// Something arrived for the request at the head.
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

    /// The connection ended.
    ///
    /// - Returns: Everybody who waited, in order.
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
