import PostroomCore

@testable import PostroomChaos

extension BadLedger {
    static let crashes = [
        BadLedger("a suspect was struck three times", "I6", "more strikes than a dead letter takes") {
            $0.failures.append(strike(GoodLedger.poison, 3, GoodLedger.poisoned[1].1))
        },
        BadLedger("a suspect died of one strike", "I6", "a dead letter as crash without two strikes") {
            $0.letters.append(LetterRow(pair: GoodLedger.handled, reason: "crash", failedAttempts: 1))
        },
        BadLedger("a suspect outlived two strikes", "I6", "two strikes, and no dead letter as crash") { evidence in
            evidence.failures += (1...2).map { strike(GoodLedger.handled, $0, GoodLedger.poisoned[$0 - 1].1) }
        },
        BadLedger("one death struck a bystander too", "I6", "one death struck several suspects") {
            $0.failures.append(strike(GoodLedger.handled, 1, GoodLedger.poisoned[3].1))
        },
        BadLedger("a worker that lived was struck for", "I6", "a strike without a death") {
            $0.failures.append(strike(GoodLedger.handled, 1, GoodLedger.worker))
        },
        BadLedger("a worker that nobody knows was struck for", "I6", "a strike without a death") {
            $0.failures.append(strike(GoodLedger.handled, 1, WorkerID(rawValue: 99)))
        },
        BadLedger("the poison was handled", "I6", "ends its process, and is no dead letter after two strikes") {
            $0.letters.removeAll { $0.pair == GoodLedger.poison }
            $0.handled.append(GoodLedger.row(GoodLedger.poison))
        },
        BadLedger("the poison died of failures", "I6", "ends its process, and is no dead letter after two strikes") {
            $0.failures.append(FailureRow(pair: GoodLedger.poison, attempt: 3))
            $0.letters[1] = LetterRow(pair: GoodLedger.poison, reason: "exhausted", failedAttempts: 3)
        },
        BadLedger("the poison ended a fifth process", "I6", "ended more processes than a suspect may") { evidence in
            let life = LifeID(node: 3, life: 5)
            evidence.lives[life] = NodeLife(processID: 20, began: GoodLedger.at(600), end: .trapped)
            evidence.runs.append(GoodLedger.run(GoodLedger.poison, 3, in: life, at: 650, nil))
        },
        BadLedger("a node trapped without poison", "I8", "a node ended otherwise than it was asked to") {
            $0.lives[GoodLedger.life]?.end = .trapped
        },
    ]

    static let rescues = [
        BadLedger("a worker that lived was rescued", "I12", taken) {
            $0.rescues[GoodLedger.worker] = GoodLedger.at(850)
        },
        BadLedger("a worker that lived learned of its rescue", "I12", taken) {
            $0.drops.append((GoodLedger.life, GoodLedger.at(850)))
        },
        BadLedger("what a node says of itself does not explain its rescue", "I12", taken) { evidence in
            evidence.drops.append((GoodLedger.life, GoodLedger.at(850)))
            evidence.interruptions.append(interruption(.freeze, 0, 850, isInferred: true))
        },
        BadLedger("a worker said no goodbye", "I12", "ended as asked, and was found silent like a dead one") {
            $0.rescues[GoodLedger.worker] = GoodLedger.at(4000)
        },
        BadLedger("nobody tells of rescues", "I8", "died, and no log tells of a rescue") {
            $0.rescues = [:]
            $0.lives[GoodLedger.life]?.ended = GoodLedger.at(60_000)
        },
        BadLedger("a locked queue does not explain a rescue", "I12", taken) { evidence in
            evidence.drops.append((GoodLedger.life, GoodLedger.at(850)))
            evidence.interruptions.append(interruption(.lock, 0, 850))
        },
        BadLedger("a freeze that is long over does not explain a rescue", "I12", taken) { evidence in
            evidence.lives[GoodLedger.life]?.ended = GoodLedger.at(20_000)
            evidence.drops.append((GoodLedger.life, GoodLedger.at(9000)))
            evidence.interruptions.append(interruption(.freeze, 0, 2900))
        },
        BadLedger("a freeze of another does not explain a rescue", "I12", taken) { evidence in
            evidence.drops.append((GoodLedger.life, GoodLedger.at(850)))
            evidence.interruptions.append(
                Interruption(kind: .freeze, life: GoodLedger.killed, from: GoodLedger.at(0), to: GoodLedger.at(850))
            )
        },
    ]

    private static let taken = "taken for dead, and neither killed, nor stopped, nor cut off"

    private static func strike(_ pair: Pair, _ attempt: Int, _ worker: WorkerID) -> FailureRow {
        FailureRow(pair: pair, attempt: attempt, worker: worker, failedAt: GoodLedger.at(600), isStrike: true)
    }

    private static func interruption(
        _ kind: FaultKind,
        _ from: Int,
        _ to: Int,
        isInferred: Bool = false
    ) -> Interruption {
        Interruption(
            kind: kind,
            life: GoodLedger.life,
            from: GoodLedger.at(from),
            to: GoodLedger.at(to),
            isInferred: isInferred
        )
    }
}
