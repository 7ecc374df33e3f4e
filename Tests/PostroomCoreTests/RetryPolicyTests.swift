import PostroomCore
import Testing

/// Reproducible randomness (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

@Suite("Retry policies")
struct RetryPolicyTests {
    private func delays(_ policy: RetryPolicy, _ attempts: ClosedRange<Int>) -> [Duration?] {
        var generator = SeededGenerator(state: 1)
        return attempts.map { policy.delay(afterAttempt: $0, using: &generator) }
    }

    @Test("delays grow by the factor up to the longest, and end with the last attempt")
    func exponential() {
        let policy = RetryPolicy.exponential(maximumAttempts: 6, maximumDelay: .seconds(50), jitter: 0)
        let expected: [Duration?] = [.seconds(2), .seconds(6), .seconds(18), .seconds(50), .seconds(50), nil, nil]
        #expect(delays(policy, 1...7) == expected)
    }

    @Test("the defaults are fifteen attempts over 20 hours")
    func defaults() {
        let policy = RetryPolicy.exponential(jitter: 0)
        let found = delays(policy, 1...15)
        #expect(found.prefix(4) == [.seconds(2), .seconds(6), .seconds(18), .seconds(54)])
        #expect(found[8] == .seconds(3 * 3600) && found[13] == .seconds(3 * 3600) && found[14] == nil)
        let total = found.compactMap { $0 }.reduce(.zero, +)
        #expect(total > .seconds(19 * 3600) && total < .seconds(20 * 3600))
    }

    @Test("constant delays stay the same, and 'never' has none")
    func others() {
        let constant = RetryPolicy.constant(maximumAttempts: 3, delay: .milliseconds(250), jitter: 0)
        #expect(delays(constant, 1...3) == [.milliseconds(250), .milliseconds(250), nil])
        #expect(delays(.never, 1...1) == [nil])
    }

    @Test("jitter spreads delays over its whole range and not beyond", arguments: [UInt64(1), 2, 3])
    func jitter(_ seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let policy = RetryPolicy.constant(maximumAttempts: 2, delay: .seconds(100), jitter: 0.2)
        var found: [Duration] = []
        for _ in 0..<1000 {
            found.append(try #require(policy.delay(afterAttempt: 1, using: &generator)))
        }
        #expect(found.allSatisfy { $0 >= .seconds(80) && $0 <= .seconds(120) })
        #expect(found.contains { $0 < .seconds(82) } && found.contains { $0 > .seconds(118) })
    }

    @Test("the same seed draws the same delays")
    func reproducible() {
        #expect(delays(.exponential(), 1...14) == delays(.exponential(), 1...14))
    }

    @Test("values out of bounds are moved to them")
    func bounds() {
        let policy = RetryPolicy(
            maximumAttempts: -1,
            firstDelay: .seconds(-1),
            multiplier: 0.5,
            maximumDelay: .seconds(-5),
            jitter: 7
        )
        #expect(policy.maximumAttempts == 1 && policy.firstDelay == .zero && policy.multiplier == 1)
        #expect(policy.maximumDelay == .zero && policy.jitter == 1)
        #expect(RetryPolicy.exponential(multiplier: .nan, jitter: .nan).multiplier == 1)
        #expect(RetryPolicy.exponential(multiplier: .nan, jitter: .nan).jitter == 0)
    }

    static let extremePolicies = [
        RetryPolicy.exponential(
            maximumAttempts: .max,
            firstDelay: .seconds(Int64.max),
            multiplier: .infinity,
            maximumDelay: .seconds(Int64.max),
            jitter: 1
        ),
        RetryPolicy.exponential(maximumAttempts: .max, firstDelay: .nanoseconds(1), multiplier: 1e300, jitter: 1),
        RetryPolicy.exponential(maximumAttempts: .max, firstDelay: .zero, multiplier: .infinity),
        RetryPolicy.exponential(maximumAttempts: .max, firstDelay: .nanoseconds(1), multiplier: 1, maximumDelay: .zero),
    ]

    @Test("no policy can overflow", arguments: extremePolicies)
    func extremes(_ policy: RetryPolicy) throws {
        var generator = SeededGenerator(state: 4)
        for attempt in [0, 1, 2, 3, 100, 10_000] {
            let delay = try #require(policy.delay(afterAttempt: attempt, using: &generator))
            #expect(delay >= .zero && delay <= .seconds(20 * 365 * 86400))
        }
    }
}
