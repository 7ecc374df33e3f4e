import PostroomCore
import Testing

@testable import PostroomChaos

@Suite("The oracle")
struct OracleTests {
    @Test("a ledger in which everything is right breaks no invariant")
    func clean() {
        #expect(Oracle.judge(GoodLedger.evidence).map(\.finding) == [])
    }

    @Test("a ledger with something wrong breaks just the invariant that says so", arguments: BadLedger.all)
    func broken(ledger: BadLedger) {
        var evidence = GoodLedger.evidence
        ledger.spoil(&evidence)
        let found = Oracle.judge(evidence)
        #expect(found.contains { $0.invariant == ledger.invariant && $0.finding == ledger.finding })
        #expect(found.allSatisfy { !$0.examples.isEmpty && $0.count >= $0.examples.count })
    }

    @Test("every check was seen to fail")
    func complete() {
        let seen = Oracle.checks.indices.filter { index in
            BadLedger.all.contains { ledger in
                var evidence = GoodLedger.evidence
                ledger.spoil(&evidence)
                return Oracle.checks[index](evidence).contains { $0 != nil }
            }
        }
        #expect(seen == Array(Oracle.checks.indices))
    }

    @Test(
        "a run that was made again is explained by what happened to its process, or to all",
        arguments: [
            (FaultKind.freeze, GoodLedger.life as LifeID?, 100, 200, true), (.crash, nil, 100, 200, true),
            (.crash, nil, 3000, 3100, true), (.crash, nil, 9000, 9100, false),
            (.freeze, GoodLedger.killed, 100, 200, false),
        ]
    )
    func explained(kind: FaultKind, life: LifeID?, from: Int, to: Int, isExplained: Bool) {
        var evidence = GoodLedger.evidence
        evidence.runs.append(GoodLedger.run(GoodLedger.effect, at: 110))
        evidence.interruptions.append(
            Interruption(kind: kind, life: life, from: GoodLedger.at(from), to: GoodLedger.at(to))
        )
        let findings = Oracle.judge(evidence).map(\.finding)
        #expect(findings.contains("run again without an interruption") == !isExplained)
    }

    @Test("a process that was frozen may run what others have taken over meanwhile")
    func frozen() {
        var evidence = GoodLedger.evidence
        evidence.runs.append(GoodLedger.run(GoodLedger.effect, in: GoodLedger.killed, at: 9000))
        let thaw = Interruption(
            kind: .freeze,
            life: GoodLedger.killed,
            from: GoodLedger.at(90),
            to: GoodLedger.at(8999)
        )
        #expect(Oracle.judge(evidence).map(\.invariant) == ["I12", "I12"])
        evidence.interruptions.append(thaw)
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test("what can't be decoded may die of two strikes before anybody could say so")
    func undecodableSuspect() {
        var evidence = GoodLedger.evidence
        evidence.letters[0] = LetterRow(pair: GoodLedger.undecodable, reason: "crash", failedAttempts: 2)
        evidence.failures.removeAll { $0.pair == GoodLedger.undecodable }
        for index in 0...1 {
            evidence.failures.append(
                FailureRow(
                    pair: GoodLedger.undecodable,
                    attempt: index + 1,
                    worker: GoodLedger.poisoned[index].1,
                    failedAt: GoodLedger.at(300),
                    isStrike: true
                )
            )
        }
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test("a strike takes no attempt of those that the policy allows")
    func struckOnTheWay() {
        var evidence = GoodLedger.evidence
        let pair = Pair(delivery: GoodLedger.bearer, handler: ChaosHandlers.fragile)
        evidence.handlers.append(
            KnownHandler(name: pair.handler, patterns: [.events(from: .bearer)], recordedAt: GoodLedger.start)
        )
        evidence.failures += (1...4)
            .map { attempt in
                FailureRow(
                    pair: pair,
                    attempt: attempt,
                    worker: GoodLedger.poisoned[0].1,
                    failedAt: GoodLedger.at(300),
                    isStrike: attempt == 2
                )
            }
        evidence.runs += [1, 3, 4]
            .map { GoodLedger.run(pair, $0, in: GoodLedger.poisoned[0].0, at: 1000 * $0, .failed) }
        evidence.letters.append(LetterRow(pair: pair, reason: "exhausted", failedAttempts: 4))
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test(
        "a worker that was frozen, or cut off from Postgres, may be taken for dead",
        arguments: [
            (FaultKind.freeze, GoodLedger.life as LifeID?), (.cut, nil), (.outage, nil),
        ]
    )
    func silent(kind: FaultKind, life: LifeID?) {
        var evidence = GoodLedger.evidence
        evidence.drops.append((GoodLedger.life, GoodLedger.at(850)))
        evidence.interruptions.append(
            Interruption(kind: kind, life: life, from: GoodLedger.at(300), to: GoodLedger.at(800))
        )
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test(
        "a handler may have what came while it was registered, and any batch after that which was the newest then",
        arguments: [(0, nil), (1500, BatchID(rawValue: 0))] as [(Int, BatchID?)]
    )
    func whileRegistered(announced: Int, afterBatch: BatchID?) {
        var evidence = GoodLedger.evidence
        evidence.handlers[0] = KnownHandler(
            name: ChaosHandlers.quick,
            patterns: [.everything],
            recordedAt: GoodLedger.at(2000),
            announcedAt: GoodLedger.at(announced),
            afterBatch: afterBatch
        )
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test(
        "two runs of a key may overlap where the first one's worker was taken for dead before the second",
        arguments: [
            // When the rescue was told, when the worker learned of it, and whether that explains the overlap.
            (106, 300, true), (nil, 300, true), (5000, 6000, false), (nil, nil, false),
        ] as [(Int?, Int?, Bool)]
    )
    func taken(rescued: Int?, learned: Int?, isExplained: Bool) {
        var evidence = GoodLedger.evidence
        evidence.turnNotes[4].at = GoodLedger.at(250)
        for index in evidence.runs.indices where evidence.runs[index].pair == GoodLedger.turn(1) {
            evidence.runs[index].end?.at = GoodLedger.at(260)
        }
        evidence.rescues[GoodLedger.worker] = rescued.map(GoodLedger.at)
        evidence.losses = [GoodLedger.life: learned.map { [(GoodLedger.worker, GoodLedger.at($0))] } ?? []]
        let overlaps = OrderInvariants.turnsDoNotOverlap(evidence).compactMap(\.self)
        #expect(overlaps.isEmpty == isExplained)
    }

    @Test("a note that arrives after its run was over is no run")
    func lateNote() {
        var evidence = GoodLedger.evidence
        evidence.turnNotes += GoodLedger.notes(0, run: 9, in: GoodLedger.killed, from: 130, to: nil)
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }

    @Test("a handler of one server wants nothing of another's deliveries, and another's handler nothing of its own")
    func servers() {
        var evidence = GoodLedger.evidence
        let elsewhere = KnownHandler(
            name: "chaos.elsewhere",
            patterns: [.everything],
            recordedAt: GoodLedger.start,
            server: 1
        )
        evidence.handlers.append(elsewhere)
        #expect(Oracle.judge(evidence).map(\.finding) == [])
        for id in evidence.stored.keys {
            evidence.stored[id]?.server = 1
        }
        #expect(Oracle.judge(evidence).map(\.finding).contains("ended for a handler that did not want it"))
    }

    @Test("a pair that may have been discarded may be gone")
    func perhapsDiscarded() {
        var evidence = GoodLedger.evidence
        evidence.letters.removeAll { $0.pair == GoodLedger.undecodable }
        evidence.failures.removeAll { $0.pair == GoodLedger.undecodable }
        evidence.sent[1] = SentDelivery(
            number: 1,
            endpoint: "b",
            digest: "d1",
            isUndecodable: false,
            answers: evidence.sent[1].answers
        )
        evidence.perhapsDiscarded = [GoodLedger.undecodable]
        #expect(Oracle.judge(evidence).map(\.finding) == [])
    }
}
