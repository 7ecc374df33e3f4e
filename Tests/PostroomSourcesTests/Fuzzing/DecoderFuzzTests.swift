import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// Runs longer by `deploy/fuzz`, which says how long and from which seed.
@Suite("Changed samples of every event type")
struct DecoderFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func number(_ name: String) -> UInt64? {
        environment[name].flatMap(UInt64.init)
    }

    @Test(
        """
        crash nothing, are routed and decoded as one type or not at all, say in errors what was expected where, and show \
        nothing sensitive
        """,
        .timeLimit(.minutes(DecoderFuzzTests.number("POSTROOM_FUZZ_SECONDS").map { Int($0 / 60) + 2 } ?? 2))
    )
    func hold() {
        let seed = Self.number("POSTROOM_FUZZ_SEED") ?? 1
        let first = Self.number("POSTROOM_FUZZ_ROUND") ?? 0
        let seconds = Self.number("POSTROOM_FUZZ_SECONDS")
        let end = ContinuousClock.now + .seconds(Int64(seconds ?? 3))
        // Without a command it is always the same rounds, as far as they fit into the time.
        let limit = seconds == nil ? first + 4000 : UInt64.max
        var round = first
        var failures = 0
        while round < limit, ContinuousClock.now < end, failures < 5 {
            if let problem = FuzzRound.run(seed: seed, round: round) {
                failures += 1
                Issue.record("seed \(seed), round \(round): \(problem)")
            }
            round += 1
            if seconds != nil, round % 2000 == 0 {
                print("seed \(seed), round \(round)")
            }
        }
        #expect(round > first)
    }
}
