import PostroomCore
import Testing

@testable import PostroomForwarders

@Suite("What an answer means")
struct AnswerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let status: Int
        var retryAfter: Duration?
        var location: String?
        let verdict: Verdict

        enum Verdict: Hashable, Sendable {
            case handled, policy, permanent, later(Duration), busy(Duration)
        }

        var testDescription: String { "\(status) \(retryAfter.map { "after \($0)" } ?? ""): \(verdict)" }
    }

    @Test(
        "a status decides over the attempt",
        arguments: [
            Case(status: 200, verdict: .handled), Case(status: 202, verdict: .handled),
            Case(status: 204, verdict: .handled),
            Case(status: 299, verdict: .handled), Case(status: 301, location: "https://b.example/", verdict: .policy),
            Case(status: 304, verdict: .policy), Case(status: 400, verdict: .policy),
            Case(status: 401, verdict: .policy),
            Case(status: 404, verdict: .policy), Case(status: 410, verdict: .permanent),
            Case(status: 410, retryAfter: .seconds(5), verdict: .permanent), Case(status: 429, verdict: .policy),
            Case(status: 429, retryAfter: .seconds(7), verdict: .busy(.seconds(7))),
            Case(status: 500, verdict: .policy),
            Case(status: 500, retryAfter: .seconds(7), verdict: .policy), Case(status: 503, verdict: .policy),
            Case(status: 503, retryAfter: .zero, verdict: .later(.zero)), Case(status: 199, verdict: .policy),
        ]
    )
    func status(_ given: Case) {
        let verdict = AnswerVerdict.decide(
            status: given.status,
            reason: "Words",
            location: given.location,
            retryAfter: given.retryAfter
        )
        switch verdict {
        case .handled: #expect(given.verdict == .handled)
        case .failed(let failure):
            #expect(failure.description.hasPrefix("answered \(given.status) Words"))
            switch failure.treatment {
            case nil: #expect(given.verdict == .policy)
            case .permanent: #expect(given.verdict == .permanent)
            case .retry(let delay): #expect(given.verdict == .later(delay))
            case .busy(let delay): #expect(given.verdict == .busy(delay))
            default: Issue.record("\(String(describing: failure.treatment))")
            }
            if let location = given.location {
                #expect(failure.description.contains("redirect to \(location), which is not followed"))
            }
        }
    }

    @Test("the words of an answer's head are escaped")
    func escaped() {
        let verdict = AnswerVerdict.decide(
            status: 302,
            reason: "\u{1B}[2J",
            location: "https://\u{202E}x",
            retryAfter: nil
        )
        guard case .failed(let failure) = verdict else { return #expect(verdict != .handled) }
        #expect(!failure.description.unicodeScalars.contains(where: EscapedText.isActive))
    }

    /// 1994-11-06 08:49:37 UTC.
    private static let moment: Int64 = 784_111_777

    @Test(
        "a date is read in the three forms that HTTP has",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", moment), ("Sunday, 06-Nov-94 08:49:37 GMT", moment),
            ("Sun Nov  6 08:49:37 1994", moment), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 29 Feb 2028 23:59:60 GMT", 1_835_481_600),
        ]
    )
    func date(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.secondsSince1970(text) == seconds)
    }

    @Test(
        "any other text is no date",
        arguments: [
            "", "soon", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 19941 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", String(repeating: "Sun, ", count: 100),
        ]
    )
    func noDate(_ text: String) {
        #expect(HTTPDate.secondsSince1970(text) == nil)
    }

    struct Delay: Sendable {
        let text: String
        var sentAt: String?
        let delay: Duration?
    }

    @Test(
        "Retry-After is seconds, or a date by the clock of the answer",
        arguments: [
            Delay(text: "120", delay: .seconds(120)), Delay(text: " 0", delay: .zero), Delay(text: "-5", delay: nil),
            Delay(text: "1.5", delay: nil), Delay(text: "", delay: nil), Delay(text: "later", delay: nil),
            Delay(text: "99999999999999999999", delay: RetryPolicy.longestDelay),
            Delay(text: "Sun, 06 Nov 1994 08:50:37 GMT", delay: .seconds(60)),
            Delay(text: "Sun, 06 Nov 1994 08:48:37 GMT", delay: .zero),
            Delay(
                text: "Sun, 06 Nov 1994 09:00:00 GMT",
                sentAt: "Sun, 06 Nov 1994 08:59:30 GMT",
                delay: .seconds(30)
            ),
            Delay(text: "Sun, 06 Nov 1994 08:50:37 GMT", sentAt: "yesterday", delay: .seconds(60)),
        ]
    )
    func retryAfter(_ given: Delay) {
        #expect(RetryAfter.delay(given.text, sentAt: given.sentAt, now: Self.moment) == given.delay)
    }

    @Test(
        "a fact is told in visible ASCII, and nothing of it is lost",
        arguments: [
            ("invoice.paid", "invoice.paid"), ("a b", "a%20b"), ("50%", "50%25"), ("né", "n%C3%A9"),
            ("a\r\nb", "a%0D%0Ab"),
            ("", ""),
        ]
    )
    func fact(_ text: String, _ visible: String) {
        #expect(ForwardedFacts.visible(text) == visible)
    }

    @Test("a trace's state is passed on only with its parent")
    func trace() {
        let parent = (name: "TraceParent", value: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        let state = (name: "tracestate", value: "congo=t61rcWkgMzE")
        #expect(ForwardedFacts(attempt(headers: [parent, state])).trace.map(\.name) == ["traceparent", "tracestate"])
        #expect(ForwardedFacts(attempt(headers: [state])).trace.isEmpty)
    }
}
