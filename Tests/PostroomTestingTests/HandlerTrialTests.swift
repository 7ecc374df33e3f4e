import Postroom
import PostroomTesting
import Testing

@Suite("Trying a handler without a database")
struct HandlerTrialTests {
    struct Unreachable: Error, CustomStringConvertible {
        let description = "connection refused"
    }

    private static let policy = RetryPolicy.exponential(maximumAttempts: 4)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let throwing: @Sendable (Int) -> (any Error)?
        let outcomes: [TrialAttempt.Outcome]
        let verdict: TrialVerdict
    }

    static let cases = [
        Case(testDescription: "it returns", throwing: { _ in nil }, outcomes: [.handled], verdict: .handled),
        Case(
            testDescription: "it ignores",
            throwing: { _ in HandlerError.ignore },
            outcomes: [.ignored],
            verdict: .ignored
        ),
        Case(
            testDescription: "it fails twice",
            throwing: { $0 < 3 ? Unreachable() : nil },
            outcomes: [
                .failed(error: "Unreachable: connection refused", nextAfter: .seconds(2)),
                .failed(error: "Unreachable: connection refused", nextAfter: .seconds(6)), .handled,
            ],
            verdict: .handled
        ),
        Case(
            testDescription: "it fails for ever",
            throwing: { _ in Unreachable() },
            outcomes: [
                .failed(error: "Unreachable: connection refused", nextAfter: .seconds(2)),
                .failed(error: "Unreachable: connection refused", nextAfter: .seconds(6)),
                .failed(error: "Unreachable: connection refused", nextAfter: .seconds(18)),
                .dead(.exhausted, error: "Unreachable: connection refused"),
            ],
            verdict: .dead(.exhausted)
        ),
        Case(
            testDescription: "it chooses its delay",
            throwing: { $0 == 1 ? HandlerError.retry(after: .seconds(90)) : nil },
            outcomes: [
                .failed(error: "HandlerError: retry(after: 90.0 seconds)", nextAfter: .seconds(90)), .handled,
            ],
            verdict: .handled
        ),
        Case(
            testDescription: "it gives up",
            throwing: { _ in HandlerError.permanent("no such customer") },
            outcomes: [.dead(.permanent, error: "no such customer")],
            verdict: .dead(.permanent)
        ),
        Case(
            testDescription: "it decodes the event itself and can't",
            throwing: { _ in UndecodableEvent(path: "a.b", expectation: "a string") },
            outcomes: [.dead(.undecodable, error: "UndecodableEvent: a.b: a string")],
            verdict: .dead(.undecodable)
        ),
    ]

    @Test("each attempt is judged and retried as in production, and the delays pass at once", arguments: cases)
    func outcomes(of test: Case) async throws {
        let seen = Journal()
        let trial = try HandlerTrial { handlers in
            handlers.on(.everything, named: "mail", retry: Self.policy) { _, context in
                await seen.note(context)
                if let error = test.throwing(context.attempt) {
                    throw error
                }
            }
        }
        let run = await trial.run(try .sample(.nyuchi, "sync.failed"))
        #expect(run.attempts.map(\.outcome) == test.outcomes)
        #expect(run.verdict == test.verdict)
        #expect(run.attempts.map(\.number) == Array(1...test.outcomes.count))
        #expect(await seen.attempts == Array(1...test.outcomes.count))
        #expect(await seen.keys.count == 1)
        #expect(trial.clock.now.sinceStart == run.delays.reduce(.zero, +))
        _ = await trial.run(try .sample(.nyuchi, "sync.failed", seed: 2))
        #expect(await seen.keys.count == 2)
    }

    @Test("a handler that says that it is busy is called again after that time, and no attempt counts")
    func busy() async throws {
        let seen = Journal()
        let trial = try HandlerTrial { handlers in
            handlers.on(.everything, named: "mail", retry: .never) { _, context in
                await seen.note(context)
                if await seen.attempts.count < 3 {
                    throw HandlerError.busy(for: .seconds(30))
                }
            }
        }
        let run = await trial.run(try .sample(.nyuchi, "sync.failed"))
        let busy = TrialAttempt.Outcome.busy(nextAfter: .seconds(30))
        #expect(run.attempts.map(\.outcome) == [busy, busy, .handled])
        #expect(run.attempts.map(\.number) == [1, 1, 1])
        #expect(run.delays == [.seconds(30), .seconds(30)])
        #expect(run.errors.isEmpty)
        #expect(run.verdict == .handled)
    }

    @Test("a body that does not fit the handler's type is dead at once, without a run, and the path is named")
    func undecodable() async throws {
        let trial = try HandlerTrial { handlers in
            handlers.on(Nyuchi.UserCreated.self, named: "pager") { _, _ in Issue.record("it ran") }
        }
        let event = Event.received(from: .nyuchi, body: #"{"id":"evt_1","type":"user.created","data":[]}"#)
        let run = await trial.run(event)
        #expect(run.verdict == .dead(.undecodable))
        #expect(run.errors.count == 1)
        #expect(run.errors.first?.contains("data: ") == true, "\(run.errors)")
    }

    @Test("an event that the handler does not subscribe to never reaches it")
    func notSubscribed() async throws {
        let trial = try HandlerTrial { handlers in
            handlers.on(Nyuchi.SyncFailed.self, named: "pager") { _, _ in Issue.record("it ran") }
        }
        let run = await trial.run(try .sample(.nyuchi, "user.created"))
        #expect(run.verdict == .notSubscribed)
        #expect(run.attempts.isEmpty)
    }

    @Test("an attempt that waits past its timeout by the virtual clock is cancelled, and is tried again")
    func timeout() async throws {
        let clock = TrialClock()
        let trial = try HandlerTrial(clock: clock) { handlers in
            let policy = RetryPolicy.constant(maximumAttempts: 3, delay: .seconds(10))
            handlers.on(.everything, named: "slow", retry: policy, timeout: .seconds(5)) { _, context in
                switch context.attempt {
                case 1:
                    // What is returned after the timeout does not count.
                    try? await clock.sleep(for: .seconds(60))
                case 2:
                    clock.advance(by: .seconds(6))
                    try Task.checkCancellation()
                default:
                    try await clock.sleep(for: .seconds(5))
                }
            }
        }
        let run = await trial.run(try .sample(.bearer, "a.b"))
        let timedOut = TrialAttempt.Outcome.failed(error: "timed out after 5.0 seconds", nextAfter: .seconds(10))
        #expect(run.attempts.map(\.outcome) == [timedOut, timedOut, .handled])
        #expect(run.attempts.map(\.duration) == [.seconds(5), .seconds(5), .seconds(5)])
        #expect(run.attempts.map(\.startedAt.sinceStart) == [.zero, .seconds(15), .seconds(30)])
    }

    @Test("jitter spreads the delays, the same for the same seed")
    func jitter() async throws {
        func delays(_ jitter: TrialJitter) async throws -> [Duration] {
            let trial = try HandlerTrial(jitter: jitter) { handlers in
                handlers.on(.everything, named: "x", retry: Self.policy) { _, _ in throw Unreachable() }
            }
            return await trial.run(try .sample(.bearer, "a.b")).delays
        }
        let first = try await delays(.seeded(7))
        #expect(first == (try await delays(.seeded(7))))
        #expect(first != (try await delays(.seeded(8))))
        for (delay, plain) in zip(first, [2.0, 6, 18]) {
            #expect(delay >= .seconds(plain * 0.8) && delay <= .seconds(plain * 1.2) && delay != .seconds(plain))
        }
        let middle = try await delays(.drawn { 1 << 63 })
        for (delay, plain) in zip(middle, [2.0, 6, 18]) {
            #expect(abs((delay - .seconds(plain)).microseconds) <= 1)
        }
    }

    @Test("a replay numbers its attempts on, and the policy begins anew")
    func replay() async throws {
        let trial = try HandlerTrial { handlers in
            handlers.on(.everything, named: "x", retry: .constant(maximumAttempts: 2, delay: .seconds(1))) {
                _,
                context in
                guard context.attempt > 3 else { throw Unreachable() }
            }
        }
        let event = try Event.sample(.anthropic, "session.created")
        let dead = await trial.run(event)
        let replayed = await trial.run(event, replaying: dead)
        #expect(dead.verdict == .dead(.exhausted))
        #expect(replayed.attempts.map(\.number) == [3, 4])
        #expect(replayed.verdict == .handled)
    }

    @Test("a trial ends at its limit where the policy has none")
    func limit() async throws {
        let trial = try HandlerTrial { handlers in
            handlers.on(.everything, named: "x", retry: .exponential(maximumAttempts: .max)) { _, _ in
                throw HandlerError.retry(after: .zero)
            }
        }
        let run = await trial.run(try .sample(.bearer, "a.b"), upTo: 20)
        #expect(run.verdict == .owed)
        #expect(run.attempts.count == 20)
    }

    @Test("a handler that is a type is tried with its own options")
    func type() async throws {
        struct Notifier: EventHandler {
            let name: HandlerName = "slack"
            let subscription = Subscription.type(Wacht.UserCreated.self)
            let options = HandlerOptions(retry: .never)

            func handle(_ event: Wacht.UserCreated, _ context: HandlerContext) async throws {
                throw Unreachable()
            }
        }
        let run = await (try HandlerTrial(Notifier())).run(try .sample(.wacht, "user.created"))
        #expect(run.verdict == .dead(.exhausted))
        #expect(run.attempts.count == 1)
    }

    @Test("what a program would refuse to start with, a trial refuses, and it says which handlers there are")
    func problems() {
        func problem(_ name: HandlerName?, _ names: [HandlerName]) -> String? {
            let problem = #expect(throws: TrialProblem.self) {
                try HandlerTrial(name) { handlers in
                    for name in names {
                        handlers.on(.everything, named: name) { _, _ in }
                    }
                }
            }
            return problem?.description
        }
        #expect(problem(nil, []) == "no handler is registered; register one in the closure")
        #expect(problem("c", ["a", "b"]) == "no handler is named 'c'; there is 'a', 'b'")
        #expect(problem(nil, ["a", "b"]) == "2 handlers are registered; name one of 'a', 'b'")
        #expect(problem("a", ["a", "a"])?.contains("two handlers are named 'a'") == true)
    }
}

/// The values that a handler was given.
private actor Journal {
    private(set) var attempts: [Int] = []
    private(set) var keys: Set<String> = []

    func note(_ context: HandlerContext) {
        attempts.append(context.attempt)
        keys.insert(context.idempotencyKey)
    }
}
