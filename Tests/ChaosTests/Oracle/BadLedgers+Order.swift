import PostroomCore

@testable import PostroomChaos

extension BadLedger {
    static let transactions = [
        BadLedger("a transaction was lost", "I4", "handled, and its transaction is missing") {
            $0.exactEffects.removeAll { $0 == GoodLedger.exact(1) }
        },
        BadLedger("an effect happened twice", "I4", "a transaction that was committed more than once") {
            $0.exactEffects.append(GoodLedger.exact(1))
        },
        BadLedger("a job had its effect and died", "I4", "a transaction of a job that was not handled") { evidence in
            evidence.handled.removeAll { $0.pair == GoodLedger.exact(1) }
            evidence.letters.append(LetterRow(pair: GoodLedger.exact(1), reason: "permanent", failedAttempts: 0))
        },
        BadLedger("a superseded job had its effect", "I4", "a transaction of a job that was not handled") {
            $0.exactEffects.insert(GoodLedger.state(1), at: 0)
        },
    ]

    static let order = [
        BadLedger("a key's runs went on at once", "I7", "two runs of one key at once") { evidence in
            evidence.turnNotes[4].at = GoodLedger.at(111)
            for index in evidence.runs.indices where evidence.runs[index].pair == GoodLedger.turn(1) {
                evidence.runs[index].end?.at = GoodLedger.at(112)
            }
        },
        BadLedger("a run without an end went on beside the next", "I7", "two runs of one key at once") { evidence in
            evidence.turnNotes.remove(at: 4)
            for index in evidence.runs.indices where evidence.runs[index].pair == GoodLedger.turn(1) {
                evidence.runs[index].end = nil
            }
        },
        BadLedger("an earlier delivery came after a later one", "I7", "run after a later one of its key had begun") {
            evidence in
            evidence.runs.removeAll { $0.pair.handler == ChaosHandlers.ordered }
            evidence.turnNotes =
                GoodLedger.notes(1, run: 3, from: 30, to: 35) + GoodLedger.notes(0, run: 1, from: 100, to: 105)
        },
        BadLedger("a retry let a later one pass", "I7", "run after a later one of its key had begun") { evidence in
            evidence.runs.append(GoodLedger.run(GoodLedger.turn(1), at: 120))
            evidence.turnNotes += GoodLedger.notes(1, run: 5, from: 120, to: 125)
        },
        BadLedger("an older state came last", "I7", "an older state was written over a newer one") {
            $0.exactEffects.append(GoodLedger.state(0))
        },
        BadLedger("a superseded state came last", "I7", "the newest state is not the last that was written") {
            $0.exactEffects.append(GoodLedger.state(1))
        },
        BadLedger("the newest state was superseded", "I7", "the newest state is not the last that was written") {
            evidence in
            evidence.exactEffects.removeAll { $0 == GoodLedger.state(2) }
            evidence.handled.removeAll { $0.pair == GoodLedger.state(2) }
            evidence.superseded.insert(GoodLedger.state(2))
        },
        BadLedger("a superseded job was handled", "I3", "ended in several ways") {
            $0.superseded.insert(GoodLedger.turn(0))
        },
    ]
}
