import PostroomCore
import Testing

@testable import PostroomChaos

/// A ledger with one thing wrong in it.
struct BadLedger: Sendable, CustomTestStringConvertible {
    let name: String
    let invariant: String
    let finding: String
    let spoil: @Sendable (inout Evidence) -> Void

    init(_ name: String, _ invariant: String, _ finding: String, _ spoil: @escaping @Sendable (inout Evidence) -> Void)
    {
        self.name = name
        self.invariant = invariant
        self.finding = finding
        self.spoil = spoil
    }

    var testDescription: String { name }

    static let all =
        intake + outcomes + settlements + crashes + rescues + repetitions + system + transactions + order

    private static let intake = [
        BadLedger("an accepted delivery is missing", "I1", "answered 200 and not in the inbox") {
            $0.stored[GoodLedger.bearer] = nil
        },
        BadLedger("a body was changed", "I1", "stored otherwise than sent") {
            $0.sent[0] = $0.sent[0].with(digest: "x")
        },
        BadLedger("an endpoint was changed", "I1", "stored otherwise than sent") {
            $0.sent[0] = $0.sent[0].with(endpoint: "x")
        },
        BadLedger("a source was changed", "I1", "stored otherwise than sent") {
            $0.sent[0].facts = .init(source: .wacht, eventType: nil, mark: nil)
        },
        BadLedger("an event type was lost", "I1", "stored otherwise than sent") {
            $0.sent[0].facts = .init(source: .bearer, eventType: "a", mark: nil)
        },
        BadLedger("a header was lost", "I1", "stored otherwise than sent") {
            $0.sent[0].facts = .init(source: .bearer, eventType: nil, mark: "a")
        },
        BadLedger("a repetition was taken for new", "I1", "one delivery was new more than once") {
            $0.sent[1].answers[1].isDuplicate = false
        },
        BadLedger("a letter lost its body", "I1", "a dead letter has another body than its delivery") {
            $0.letters[0].digest = "x"
        },
        BadLedger("a 503 did not say when to come again", "I2", "answered 503 without saying when to come again") {
            $0.sent[0].answers[0].lacksRetryAfter = true
        },
        BadLedger("a repetition was stored again", "I1", "one delivery was given several identities") {
            $0.sent[1].answers.append(.init(status: 200, id: GoodLedger.bearer))
        },
        BadLedger("the row came after its 200", "I2", "answered 200 before it was committed") {
            $0.invisible = [GoodLedger.bearer]
        },
        BadLedger("a fault was answered 400", "I2", "answered with another status than 200 and 503") {
            $0.sent[0].answers[0] = .init(status: 400)
        },
        BadLedger("a delivery was never accepted", "I8", "never accepted, however often it was sent") {
            $0.sent.append(SentDelivery(number: 2, endpoint: "a", digest: "d2", isUndecodable: false))
        },
    ]

    private static let outcomes = [
        BadLedger("a pair was lost", "I3", "neither handled, nor dead, nor superseded, nor discarded") {
            $0.handled.removeAll { $0.pair == GoodLedger.handled }
        },
        BadLedger("a pair was handled and died", "I3", "ended in several ways") {
            $0.letters.append(LetterRow(pair: GoodLedger.handled, reason: "permanent", failedAttempts: 0))
        },
        BadLedger("a pair died twice", "I3", "ended in several ways") {
            $0.letters.append($0.letters[0])
        },
        BadLedger("a discarded pair was handled", "I3", "ended in several ways") {
            $0.discarded = [GoodLedger.handled]
        },
        BadLedger(
            "a handler had what was accepted before it was known",
            "I3",
            "ended for a handler that did not want it"
        ) {
            $0.handlers[0] = KnownHandler(
                name: ChaosHandlers.quick,
                patterns: [.everything],
                recordedAt: GoodLedger.at(6000)
            )
        },
        BadLedger(
            "a handler had what was accepted just before its registration began",
            "I3",
            "ended for a handler that did not want it"
        ) {
            $0.handlers[0] = KnownHandler(
                name: ChaosHandlers.quick,
                patterns: [.everything],
                recordedAt: GoodLedger.at(2000),
                announcedAt: GoodLedger.at(1500),
                afterBatch: GoodLedger.toxic.batch
            )
        },
        BadLedger("the queue was not empty", "I3", "still owed when the wait ended") { $0.unfinished = "1 batches" },
        BadLedger("an undecodable delivery was handled", "I3", "undecodable, and no dead letter") { evidence in
            evidence.letters = []
            evidence.handled.append(GoodLedger.row(GoodLedger.undecodable))
        },
        BadLedger("a fit delivery died as undecodable", "I3", "a dead letter as undecodable, although it fits") {
            $0.sent[1] = $0.sent[1].with(isUndecodable: false)
        },
        BadLedger("an effect is missing", "I4", "handled without its effect") { $0.effects = [] },
        BadLedger("an effect came from nowhere", "I4", "an effect without a run") {
            $0.effects.insert(Pair(delivery: GoodLedger.bearer, handler: ChaosHandlers.effect))
        },
    ]

    private static let settlements = [
        BadLedger("a pair was settled twice", "I5", "settled as handled more than once") {
            $0.handled.append(GoodLedger.row(GoodLedger.handled))
        },
        BadLedger("a worker settled what another ran", "I5", "settled by a worker that did not run it") {
            $0.runs.removeAll { $0.pair == GoodLedger.effect }
        },
        BadLedger("an unknown worker settled", "I5", "settled by a worker that did not run it") {
            $0.lives[GoodLedger.life]?.workers = []
        },
        BadLedger("a failed run was settled as handled", "I5", "settled by a worker that did not run it") { evidence in
            evidence.runs.removeAll { $0.pair == GoodLedger.effect }
            evidence.runs.append(GoodLedger.run(GoodLedger.effect, 1, .failed))
        },
        BadLedger("a rescued worker settled", "I5", "settled by a worker after its rescue") {
            $0.rescues[GoodLedger.worker] = GoodLedger.at(150)
        },
        BadLedger("an attempt was recorded twice", "I6", "recorded attempts are not 1, 2, 3 and so on") {
            $0.failures.append(FailureRow(pair: GoodLedger.failedOnce, attempt: 1))
        },
        BadLedger("an attempt was left out", "I6", "recorded attempts are not 1, 2, 3 and so on") {
            $0.failures[0] = FailureRow(pair: GoodLedger.failedOnce, attempt: 2)
        },
        BadLedger("there were more attempts than allowed", "I6", "more attempts than allowed") { evidence in
            let pair = Pair(delivery: GoodLedger.bearer, handler: ChaosHandlers.fragile)
            evidence.failures += (1...4).map { FailureRow(pair: pair, attempt: $0) }
        },
        BadLedger("a run had too high a number", "I6", "a run with a number that no failure led to") {
            $0.runs.append(GoodLedger.run(GoodLedger.handled, 2, at: 120))
        },
        BadLedger("a success was recorded as failed", "I6", "a failure was recorded of an attempt that succeeded") {
            $0.failures.append(FailureRow(pair: GoodLedger.effect, attempt: 1, worker: GoodLedger.worker))
        },
        BadLedger("nobody ran", "I6", "a failure was recorded of an attempt that its worker did not run") {
            $0.failures.append(FailureRow(pair: GoodLedger.effect, attempt: 2, worker: GoodLedger.worker))
        },
        BadLedger("a retry did not wait", "I6", "run again before it was due") {
            $0.failures[0].failedAt = GoodLedger.at(95)
        },
        BadLedger("a letter counts wrongly", "I6", "a dead letter that counts other failures than were recorded") {
            $0.letters[0] = LetterRow(pair: GoodLedger.undecodable, reason: "undecodable", failedAttempts: 2)
        },
    ]

    private static let repetitions = [
        BadLedger("a settled pair was run again", "I12", "run again after it was settled") {
            $0.runs.append(GoodLedger.run(GoodLedger.effect, at: 300))
        },
        BadLedger("a run was repeated for no reason", "I12", "run again without an interruption") {
            $0.runs.append(GoodLedger.run(GoodLedger.effect, at: 110))
        },
        BadLedger("a kill cost more than was in flight", "I12", "a kill repeated more than what was in flight") {
            $0.runs.insert(GoodLedger.run(GoodLedger.effect, in: GoodLedger.killed, at: 51, nil), at: 0)
        },
    ]

    private static let system = [
        BadLedger("a recovery took too long", "I8", "took longer than its bound to recover") {
            $0.recoveries.append(Recovery(kind: .crash, took: .seconds(3), bound: .seconds(2)))
        },
        BadLedger("a recovery never came", "I8", "took longer than its bound to recover") {
            $0.recoveries.append(Recovery(kind: .crash, took: nil, bound: .seconds(2)))
        },
        BadLedger("a node crashed by itself", "I8", "a node ended otherwise than it was asked to") {
            $0.lives[GoodLedger.life]?.end = .broken("signal 6")
        },
        BadLedger("there were too many connections", "I10", "more was used than is allowed") {
            $0.peaks[.connections]?.most = 3
        },
        BadLedger("a node took too much memory", "I10", "more was used than is allowed") {
            $0.peaks[.memory]?.most = 3
        },
        BadLedger("a node left files open", "I10", "more was used than is allowed") { $0.peaks[.files]?.most = 3 },
        BadLedger("dead rows piled up", "I10", "more was used than is allowed") { $0.peaks[.queue]?.most = 3 },
        BadLedger("nobody saw a connection", "I10", "more was used than is allowed") {
            $0.peaks[.connections]?.most = nil
        },
        BadLedger("nobody looked at the memory", "I10", "more was used than is allowed") { $0.peaks[.memory] = nil },
        BadLedger("a secret was logged", "I11", "a secret or a body is in a log") { $0.leaks = ["the log of node 1"] },
    ]
}

extension SentDelivery {
    fileprivate func with(digest: String? = nil, endpoint: String? = nil, isUndecodable: Bool? = nil) -> SentDelivery {
        SentDelivery(
            number: number,
            endpoint: endpoint ?? self.endpoint,
            digest: digest ?? self.digest,
            isUndecodable: isUndecodable ?? self.isUndecodable,
            answers: answers
        )
    }
}
