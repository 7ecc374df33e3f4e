import PostroomCore
import Testing

@Suite("The limits of a handler")
struct HandlerLimitsTests {
    @Test("limits that can't be kept are problems, each with its name")
    func problems() {
        let cases: [(HandlerLimits, String?)] = [
            (HandlerLimits(), nil),
            (HandlerLimits(concurrency: 1, globalConcurrency: 5, rate: .perMinute(100)), nil),
            (HandlerLimits(perKey: KeyLimits(concurrency: 1)), nil),
            (HandlerLimits(concurrency: 0), "concurrency is 0"),
            (HandlerLimits(globalConcurrency: -1), "globalConcurrency is -1"),
            (HandlerLimits(rate: .perMinute(0)), "rate allows 0"),
            (HandlerLimits(rate: AttemptRate(1, per: .milliseconds(1))), "rate counts in"),
            (HandlerLimits(rate: AttemptRate(1, per: .seconds(100 * 24 * 60 * 60))), "rate counts in"),
            (HandlerLimits(perKey: KeyLimits()), "perKey limits nothing"),
            (HandlerLimits(perKey: KeyLimits(concurrency: 0)), "perKey.concurrency is 0"),
            (HandlerLimits(perKey: KeyLimits(rate: .perSecond(0))), "perKey.rate allows 0"),
        ]
        for (limits, problem) in cases {
            var registry = HandlerRegistry()
            registry.on(.everything, named: "x", limits: limits) { _, _ in }
            #expect(registry.problems.count == (problem == nil ? 0 : 1), "\(limits)")
            #expect(problem.map { registry.problems.first?.contains($0) ?? false } ?? true, "\(limits)")
        }
    }

    @Test("only limits over all processes make a handler's jobs run singly")
    func singly() {
        #expect(!HandlerOptions(limits: HandlerLimits(concurrency: 8)).runsSingly)
        #expect(HandlerOptions(limits: HandlerLimits(globalConcurrency: 8)).runsSingly)
        #expect(HandlerOptions(limits: HandlerLimits(rate: .perSecond(1))).runsSingly)
        #expect(HandlerOptions(limits: HandlerLimits(perKey: KeyLimits(concurrency: 1))).runsSingly)
    }

    /// The limit, what the worker keeps, what it could use, what others have, the workers, its rank; slots and target.
    static let shares: [(Int, Int, Int, Int, Int, Int, Int, Int)] = [
        (5, 0, 64, 0, 1, 0, 5, 5),
        (5, 0, 64, 0, 4, 0, 2, 2),
        (5, 0, 64, 0, 4, 1, 1, 1),
        // It takes no more than others have left, and keeps what it says it keeps.
        (5, 0, 64, 5, 2, 1, 0, 2),
        (5, 0, 64, 4, 2, 1, 1, 2),
        (5, 5, 64, 0, 2, 0, 5, 3),
        (5, 4, 64, 0, 2, 0, 4, 3),
        (5, 3, 64, 0, 2, 0, 3, 3),
        // More workers than slots: the first ones have one each.
        (2, 0, 64, 1, 4, 1, 1, 1),
        (2, 0, 64, 2, 4, 2, 0, 0),
        // A worker takes no more than it could use.
        (10, 0, 3, 0, 1, 0, 3, 3),
        // A limit that was lowered is reached as attempts end.
        (2, 6, 64, 4, 2, 0, 6, 1),
        (2, 0, 64, 4, 2, 0, -2, 1),
    ]

    @Test("a worker's share is its fair part, as far as the others leave it", arguments: shares)
    func share(limit: Int, kept: Int, most: Int, others: Int, workers: Int, rank: Int, slots: Int, target: Int) {
        let need = ShareNeed(handler: "x", limit: limit, kept: kept, most: most)
        let share = need.share(others: others, workers: workers, rank: rank)
        #expect(share == HandlerShare(handler: "x", slots: max(0, slots), target: target))
    }

    @Test("fair parts add up to the limit")
    func fair() {
        for limit in 1...20 {
            for workers in 1...7 {
                let need = ShareNeed(handler: "x", limit: limit, kept: 0, most: 64)
                let targets = (0..<workers).map { need.share(others: 0, workers: workers, rank: $0).target }
                #expect(targets.reduce(0, +) == limit)
            }
        }
    }
}
