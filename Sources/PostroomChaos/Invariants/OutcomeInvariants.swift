import PostroomCore

/// The invariants of the outcome of every pair: I3 and I4.
enum OutcomeInvariants {
    /// Every pair of a stored delivery and a handler that wants it ends handled, dead, superseded or discarded, and in one way
    /// only.
    @Sendable static func everyPairEndsOnce(_ evidence: Evidence) -> [Violation?] {
        let ends = Ends(evidence)
        var lost: [String] = []
        var twice: [String] = []
        var wanted: Set<Pair> = []
        for (id, delivery) in evidence.stored {
            for handler in evidence.handlers where handler.wants(delivery) {
                let pair = Pair(delivery: id, handler: handler.name)
                wanted.insert(pair)
                let ways = ends.ways(of: pair)
                if ways.isEmpty && !evidence.perhapsDiscarded.contains(pair) {
                    lost.append("\(pair)")
                } else if ways.count > 1 {
                    twice.append("\(pair): \(ways.joined(separator: " and "))")
                }
            }
        }
        let letters = evidence.letters.reduce(into: [Pair: Int]()) { $0[$1.pair, default: 0] += 1 }
        twice += letters.filter { $0.value > 1 }.map { "\($0.key): dead \($0.value) times" }
        let unasked = ends.handled.union(ends.dead).union(evidence.superseded).subtracting(wanted)
            .filter { pair in
                !evidence.handlers.contains { handler in
                    handler.name == pair.handler
                        && evidence.stored[pair.delivery].map { handler.mayWant($0, pair.delivery) } ?? false
                }
            }
        return [
            .of("I3", "neither handled, nor dead, nor superseded, nor discarded", lost.sorted()),
            .of("I3", "ended in several ways", twice.sorted()),
            .of("I3", "ended for a handler that did not want it", unasked.sorted().map(\.description)),
        ]
    }

    /// The queue is empty in the end.
    @Sendable static func nothingIsLeft(_ evidence: Evidence) -> [Violation?] {
        [.of("I3", "still owed when the wait ended", evidence.unfinished.map { [$0] } ?? [])]
    }

    /// A delivery that can't be decoded is a dead letter that says so, and no other is.
    @Sendable static func undecodableDies(_ evidence: Evidence) -> [Violation?] {
        let undecodable = Set(evidence.sent.filter(\.isUndecodable).flatMap(\.ids))
        let dead = Set(evidence.letters.filter { $0.reason == "undecodable" }.map(\.pair.delivery))
        // A suspect may have been killed twice before anybody could say that it does not fit.
        let crashed = Set(
            evidence.letters.filter { $0.reason == "crash" && $0.pair.handler == ChaosHandlers.typed }
                .map(\.pair.delivery)
        )
        let missing = undecodable.subtracting(dead).subtracting(crashed)
            .filter { id in
                // Only the handler of the type fails, and only on what it wanted.
                evidence.stored[id]
                    .map { row in
                        evidence.handlers.contains { $0.name == ChaosHandlers.typed && $0.wants(row) }
                    } ?? false
            }
        return [
            .of("I3", "undecodable, and no dead letter", missing.sorted().map(\.description)),
            .of(
                "I3",
                "a dead letter as undecodable, although it fits",
                dead.subtracting(undecodable).sorted().map(\.description)
            ),
        ]
    }

    /// An effect is there exactly where its pair was handled; a pair that died may have had it before.
    @Sendable static func effectsHappenOnce(_ evidence: Evidence) -> [Violation?] {
        let handled = Set(evidence.handled.map(\.pair).filter { $0.handler == ChaosHandlers.effect })
        let ran = Set(evidence.runs.map(\.pair))
        return [
            .of("I4", "handled without its effect", handled.subtracting(evidence.effects).sorted().map(\.description)),
            .of("I4", "an effect without a run", evidence.effects.subtracting(ran).sorted().map(\.description)),
        ]
    }

    /// A transactional handler had its effect once for each pair that was handled, and for no other.
    @Sendable static func effectsAreExact(_ evidence: Evidence) -> [Violation?] {
        let handled = Set(evidence.handled.map(\.pair).filter { ChaosHandlers.transactional.contains($0.handler) })
        let counts = evidence.exactEffects.reduce(into: [Pair: Int]()) { $0[$1, default: 0] += 1 }
        return [
            .of(
                "I4",
                "handled, and its transaction is missing",
                handled.filter { counts[$0] == nil }.sorted().map(\.description)
            ),
            .of(
                "I4",
                "a transaction that was committed more than once",
                counts.filter { $0.value > 1 }.map { "\($0.key): \($0.value) times" }.sorted()
            ),
            .of(
                "I4",
                "a transaction of a job that was not handled",
                counts.keys.filter { !handled.contains($0) }.sorted().map(\.description)
            ),
        ]
    }

    /// In which ways pairs ended.
    private struct Ends {
        let handled: Set<Pair>
        let dead: Set<Pair>
        private let discarded: Set<Pair>
        private let superseded: Set<Pair>

        init(_ evidence: Evidence) {
            handled = Set(evidence.handled.map(\.pair))
            dead = Set(evidence.letters.map(\.pair))
            discarded = evidence.discarded
            superseded = evidence.superseded
        }

        func ways(of pair: Pair) -> [String] {
            [(handled, "handled"), (dead, "dead"), (superseded, "superseded"), (discarded, "discarded")]
                .filter { $0.0.contains(pair) }.map(\.1)
        }
    }
}
