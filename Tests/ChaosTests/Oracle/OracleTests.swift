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

    @Test("a pair that may have been discarded may be gone")
    func perhapsDiscarded() {
        var evidence = GoodLedger.evidence
        evidence.letters = []
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
