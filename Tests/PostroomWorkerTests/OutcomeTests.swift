import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("What becomes of an attempt")
struct OutcomeTests {
    /// The error of a handler, and the end that its job must have.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let error: (any Error)?
        let attempts: Int
        let reason: DeathReason?
        let errorText: String
        let label: String
    }

    static let cases = [
        Case(testDescription: "it returns", error: nil, attempts: 1, reason: nil, errorText: "", label: "handled"),
        Case(
            testDescription: "it ignores the event",
            error: HandlerError.ignore,
            attempts: 1,
            reason: nil,
            errorText: "",
            label: "ignored"
        ),
        Case(
            testDescription: "it says that trying again can't help",
            error: HandlerError.permanent("no such customer"),
            attempts: 1,
            reason: .permanent,
            errorText: "no such customer",
            label: "dead"
        ),
        Case(
            testDescription: "it fails until the policy's end",
            error: Refused(description: "connection refused"),
            attempts: 3,
            reason: .exhausted,
            errorText: "Refused: connection refused",
            label: "dead"
        ),
        Case(
            testDescription: "it chooses its delay until the policy's end",
            error: HandlerError.retry(after: .seconds(1)),
            attempts: 3,
            reason: .exhausted,
            errorText: "HandlerError: retry(after: 1.0 seconds)",
            label: "dead"
        ),
        Case(
            testDescription: "it decodes the event itself and can't",
            error: UndecodableEvent(path: "a.b", expectation: "a string"),
            attempts: 1,
            reason: .undecodable,
            errorText: "UndecodableEvent: a.b: a string",
            label: "dead"
        ),
        Case(
            testDescription: "it says in words of its own that trying again can't help",
            error: Treated(description: "answered 410 Gone", treatment: .permanent(""), evidence: "<html>"),
            attempts: 1,
            reason: .permanent,
            errorText: "answered 410 Gone\n<html>",
            label: "dead"
        ),
        Case(
            testDescription: "it fails in words of its own until the policy's end",
            error: Treated(description: "answered 500", treatment: nil, evidence: nil),
            attempts: 3,
            reason: .exhausted,
            errorText: "answered 500",
            label: "dead"
        ),
    ]

    /// A failure in words of its own.
    struct Treated: TreatedFailure {
        let description: String
        let treatment: HandlerError?
        let evidence: String?
    }

    @Test("a failure in words of its own chooses its delay, and only its words are logged")
    func treated() throws {
        let error = Treated(description: "answered 503", treatment: .retry(after: .seconds(77)), evidence: "a secret")
        let outcome = try #require(
            AttemptOutcome.decide(.own, error, AttemptCount(), HandlerOptions(), in: .zero, random: .system)
        )
        guard case .owed(let delay, let failure) = outcome.job else {
            Issue.record("\(outcome.job)")
            return
        }
        #expect(delay == .seconds(77))
        #expect(failure?.error == "answered 503\na secret")
        #expect(outcome.logged == "answered 503")
    }

    @Test("each outcome ends as it should", arguments: cases)
    func outcome(of example: Case) async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            let policy = RetryPolicy.constant(maximumAttempts: 3, delay: .seconds(2))
            handlers.on(.everything, named: "mail", retry: policy) { _, context in
                journal.note(context)
                if let error = example.error {
                    throw error
                }
            }
        }
        try await rig.run { rig in
            let receipt = try await rig.post("a").receipts[0]
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail") == Array(1...example.attempts))
            let letters = await rig.inbox.deadLetters()
            #expect(letters.map(\.reason) == (example.reason.map { [$0] } ?? []))
            #expect(letters.allSatisfy { $0.error == example.errorText && $0.failedAttempts == example.attempts })
            let handled = await rig.inbox.handledPairs()
            #expect(handled == (example.reason == nil ? [PairView(delivery: receipt.id, handler: "mail")] : []))
            #expect(rig.metrics[#"postroom_attempts_total{handler="mail",outcome="\#(example.label)"}"#] == 1)
            if let reason = example.reason {
                #expect(rig.metrics[#"postroom_dead_letters_total{handler="mail",reason="\#(reason.rawValue)"}"#] == 1)
            }
        }
    }

    @Test("a failed attempt is due again after the policy's delay, and no sooner")
    func policyDelay() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            let policy = RetryPolicy(
                maximumAttempts: 5,
                firstDelay: .seconds(10),
                multiplier: 1,
                maximumDelay: .seconds(10),
                jitter: 0
            )
            handlers.on(.everything, named: "mail", retry: policy) { _, context in
                journal.note(context)
                if context.attempt == 1 {
                    throw Refused(description: "not yet")
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("failed once") { await rig.inbox.retries().map(\.failedAttempts) == [1] }
            await rig.pass(.milliseconds(9900))
            #expect(journal.attempts("mail") == [1])
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail") == [1, 2])
            #expect(rig.inbox.failedAttempts().map(\.failure.attempt) == [1])
        }
    }

    /// A delay that a handler asks for, and the one that it gets.
    static let delays: [(asked: Duration, got: Duration)] = [
        (.seconds(Int64.max), RetryPolicy.longestDelay),
        (.seconds(1_764_000_000_000_000), RetryPolicy.longestDelay),
        (.seconds(1_764_000_000_000), RetryPolicy.longestDelay),
        (RetryPolicy.longestDelay, RetryPolicy.longestDelay),
        (.seconds(3600), .seconds(3600)),
        (.zero, .zero),
        (.seconds(-3600), .zero),
        (.seconds(Int64.min), .zero),
    ]

    @Test("a delay that a handler asks for is from nothing to ten years", arguments: delays)
    func askedDelay(delay: (asked: Duration, got: Duration)) throws {
        let options = HandlerOptions(retry: .constant(maximumAttempts: 3, delay: .seconds(2)))
        let error = HandlerError.retry(after: delay.asked)
        let outcome = AttemptOutcome.decide(.own, error, AttemptCount(), options, in: .zero, random: .system)
        guard case .owed(let dueIn, failure: let failure?) = try #require(outcome).job else {
            Issue.record("it is not owed")
            return
        }
        #expect(dueIn == delay.got)
        #expect(failure.error.contains("retry(after:"))
    }

    @Test("attempts before a replay do not count, and their numbers go on")
    func replay() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", retry: .constant(maximumAttempts: 2, delay: .zero)) { _, context in
                journal.note(context)
                throw Refused(description: "no")
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            let letter = try #require(await rig.inbox.deadLetters().first)
            #expect(rig.inbox.putBack(letter.key))
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail") == [1, 2, 3, 4])
            #expect(await rig.inbox.deadLetters().map(\.failedAttempts) == [4])
        }
    }

    @Test("one failing handler does not run another again")
    func independence() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "good") { _, context in journal.note(context) }
            handlers.on(.everything, named: "bad", retry: .constant(maximumAttempts: 4, delay: .zero)) { _, context in
                journal.note(context)
                throw Refused(description: "no")
            }
        }
        try await rig.run { rig in
            try await rig.post("a", "b")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("good") == [1, 1])
            #expect(journal.attempts("bad", "a") == [1, 2, 3, 4])
            #expect(await rig.inbox.handledPairs().map(\.handler) == ["good", "good"])
            #expect(await rig.inbox.deadLetters().count == 2)
        }
    }
}
