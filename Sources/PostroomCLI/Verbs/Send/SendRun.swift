import FoundationEssentials
import PostroomSources

/// Sends a plan's requests, not too many at once and not too fast.
struct SendRun: Sendable {
    /// What becomes of one request.
    typealias Post = @Sendable (SignedRequest) async -> SendAnswer

    let plan: SendPlan
    let count: Int
    let concurrency: Int
    let rate: SendRate?
    /// How a sender waits for the time of its request.
    var wait: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void = { moment in
        try await ContinuousClock().sleep(until: moment)
    }

    /// Sends all of them, or the first few where nothing ever answers.
    ///
    /// - Parameters:
    ///   - progress: What shows the progress to a person, if anything.
    ///   - post: How one request is sent; it returns when its answer is there.
    /// - Returns: What was answered.
    /// - Throws: ``CommandFailure`` where the requests can't be made.
    func run(progress: SendProgress? = nil, post: @escaping Post) async throws -> SendReport {
        let tickets = SendTickets(count: count, patience: max(concurrency, 3))
        let start = ContinuousClock.now
        let tally = try await withThrowingTaskGroup(of: SendTally?.self) { group in
            var senders = min(concurrency, count)
            for _ in 0..<senders {
                group.addTask { try await send(tickets, start, post) }
            }
            if let progress {
                group.addTask {
                    try? await progress.show { tickets.done }
                    return nil
                }
            }
            var total = SendTally()
            while senders > 0, let tally = try await group.next() {
                guard let tally else { continue }
                total.add(tally)
                senders -= 1
            }
            group.cancelAll()
            return total
        }
        progress?.clear()
        return SendReport(
            tally: tally,
            requested: count,
            duration: ContinuousClock.now - start,
            expectsRefusal: plan.isInvalid
        )
    }

    /// Sends request after request until there are no more.
    private func send(
        _ tickets: SendTickets,
        _ start: ContinuousClock.Instant,
        _ post: Post
    ) async throws -> SendTally {
        var tally = SendTally()
        while let number = tickets.take() {
            if let rate {
                try await wait(start + rate.interval * number)
            }
            let request = try plan.request(number, now: Date())
            let began = ContinuousClock.now
            let answer = await post(request)
            tally.add(answer, ContinuousClock.now - began)
            tickets.count(answer)
        }
        return tally
    }
}
