import Testing

/// Claim, settle, spill, rescue, release and replay, in the orders in which they can happen: every pair is always in just
/// one place, only the holder settles, failures are counted, and whatever happened, the rest can be done.
@Suite("The model of queue and workers")
struct ModelTests {
    @Test("holds in the first thousands of states that two faults can lead to", .timeLimit(.minutes(3)))
    func breadthFirst() throws {
        var seen: Set<String> = []
        var frontier: [[ModelEvent]] = [[]]
        for _ in 1...9 {
            var next: [[ModelEvent]] = []
            for history in frontier {
                let faults = history.count(where: \.isFault)
                for event in Self.replayed(history).enabled where !(event.isFault && faults >= 2) {
                    let longer = history + [event]
                    let system = Self.replayed(longer)
                    try #require(system.problems == [], "\(longer)")
                    if seen.insert(system.fingerprint).inserted {
                        next.append(longer)
                    }
                }
                guard seen.count < 6000 else { break }
            }
            frontier = next
        }
        for history in frontier.prefix(500) {
            let system = Self.replayed(history)
            system.finish()
            try #require(system.problems == [], "\(history), and to its end")
        }
        #expect(seen.count > 1000)
    }

    @Test("holds in long random histories", arguments: [UInt64(1), 2, 3, 4])
    func random(seed: UInt64) throws {
        var generator = Steps(seed: seed)
        for _ in 0..<250 {
            let system = ModelSystem()
            var history: [ModelEvent] = []
            for _ in 0..<60 {
                let enabled = system.enabled
                // Faults are rarer than progress, or nothing would ever get far.
                let usual = enabled.filter { !$0.isFault }
                let choices = usual.isEmpty || generator.next() % 8 == 0 ? enabled : usual
                guard let event = choices.randomElement(using: &generator) else { break }
                history.append(event)
                system.apply(event)
                try #require(system.problems == [], "seed \(seed): \(history)")
            }
            system.finish()
            try #require(system.problems == [], "seed \(seed): \(history), and to its end")
        }
    }

    private static func replayed(_ history: [ModelEvent]) -> ModelSystem {
        let system = ModelSystem()
        for event in history {
            system.apply(event)
        }
        return system
    }
}

/// Random numbers that are the same for the same seed: SplitMix64.
struct Steps: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
