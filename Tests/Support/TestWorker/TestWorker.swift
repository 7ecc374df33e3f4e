import FoundationEssentials
import Glibc
import Postroom
import Synchronization

/// The program that end-to-end tests start: every verb of `postroom`, and handlers that do as the environment says.
///
/// - `TESTWORKER_HANDLERS`: the names of its handlers, with commas; each takes every event.
/// - `TESTWORKER_FORMERLY`: the former name of the first of them.
/// - `TESTWORKER_JOURNAL`: the file that tells of every run that has ended: `handler delivery attempt pid outcome time`,
///   where the outcome is `handled`, `failed` or `cancelled`, and the time is in microseconds since 1970.
/// - `TESTWORKER_FAIL_SEED`: makes the attempts fail that ``FailurePlan`` names.
/// - `TESTWORKER_BROKEN`: the names of handlers whose attempts all fail.
/// - `TESTWORKER_OUTAGE`: a file; where it is named, those handlers fail only while it exists.
/// - `TESTWORKER_POISON`: the idempotency key of a delivery that takes the process down each time it runs.
/// - `TESTWORKER_DELAY`: how many milliseconds a run takes.
/// - `TESTWORKER_SLOW`: the names of the only handlers whose runs take that long; all unless set.
/// - `TESTWORKER_STUCK`: the names of handlers that never return, whether cancelled or not.
/// - `TESTWORKER_BLOCKING`: the names of handlers that never return and keep their thread, as a hung C library would.
/// - `TESTWORKER_ATTEMPTS`: how many attempts there are, 50 ms apart.
/// - `TESTWORKER_WITNESS`: the port of a witness that is told of each attempt's beginning and end.
/// - `TESTWORKER_LIMIT`: how many attempts of each handler may run at once over all processes.
/// - `TESTWORKER_KEY_LIMIT`: how many of those of one key may; the key is the idempotency key up to its last hyphen.
/// - `TESTWORKER_RATES`: a rate for each handler, such as `crm=100/10,audit=100/60`: attempts and seconds.
/// - `TESTWORKER_BUSY`: the idempotency key of a delivery whose first run on each process says that the handler is busy for
///   five seconds.
/// - `TESTWORKER_ORDER`: `by-key` or `newest`, with keys as above; the journal then also tells when each run `began`.
/// - `TESTWORKER_FOLLOW_UPS`: any value lets each run do a step and enqueue a follow-up, before it takes its time. The journal
///   then also tells when the step was `stepped` and was `recorded`, and when the follow-up was `enqueued`. Follow-ups are
///   handled at once.
/// - `TESTWORKER_SERVICES`: the names of its services, with commas; each writes into the journal that it has begun and that
///   it has ended. One named `broken` fails.
/// - `TESTWORKER_OWN_SYSTEMS`: any value lets it bring its own log and metrics.
/// - `TESTWORKER_SOURCE`: the name of a source of its own, which lists an event of another.
/// - `TESTWORKER_NO_START`: `init` or `register`, which then throws.
@main
struct TestWorker: PostroomProgram {
    private let plan: RunPlan

    init() async throws {
        plan = RunPlan()
        if plan.noStart == "init" {
            throw PlannedFailure(description: "the CRM\ncan't be reached")
        }
    }

    static func observability() async throws -> Observability {
        getenv("TESTWORKER_OWN_SYSTEMS") == nil ? Observability() : OwnSystems.bootstrap()
    }

    static func register(on sources: inout SourceRegistry) {
        if getenv("TESTWORKER_SOURCE") != nil {
            sources.register(PlannedSource.self)
        }
    }

    var services: [any Service] {
        plan.services
    }

    func register(on handlers: inout HandlerRegistry) throws {
        if plan.noStart == "register" {
            throw PlannedFailure(description: "no handlers today")
        }
        for (place, name) in plan.handlers.enumerated() {
            handlers.on(
                .everything,
                named: HandlerName(rawValue: name),
                formerly: place == 0 ? plan.formerNames : [],
                retry: .constant(maximumAttempts: plan.attempts, delay: .milliseconds(50)),
                timeout: .seconds(120),
                limits: plan.limits(of: name),
                limitKey: RunPlan.key,
                order: plan.order,
                orderingKey: RunPlan.key
            ) { _, context in
                try await plan.run(context)
            }
        }
    }
}

/// A source with the name that the environment says, and with an event that is Stripe's.
enum PlannedSource: WebhookSource {
    static let definition = SourceDefinition(
        source: Source(rawValue: getenv("TESTWORKER_SOURCE").map { String(cString: $0) } ?? ""),
        summary: "a source that can't be",
        scheme: .standardWebhooks
    )
    static let events = [CatalogueEntry(Charged.self, "a card was charged") { _ in "{}" }]

    struct Charged: Codable, WebhookEvent {
        static let source: Source = "stripe"
        static let eventTypes = ["charge.succeeded"]
    }
}

/// The event that a run enqueues.
struct FollowUp: Codable, WebhookEvent {
    static let source: Source = "acme"
    static let eventTypes = ["follow-up"]

    /// The handler and the delivery of the run.
    let job: String
}

/// The course of the runs, from the environment.
struct RunPlan: Sendable {
    let handlers: [String]
    let formerNames: [HandlerName]
    let attempts: Int
    let services: [JournalService]
    let noStart: String?
    let order: HandlerOrder?
    private let broken: Set<String>
    private let outage: String?
    private let poison: String?
    private let failures: FailurePlan?
    private let delay: Duration
    private let slow: Set<String>
    private let stuck: Set<String>
    private let blocking: Set<String>
    private let journal: Journal?
    private let witness: Witness?
    private let limit: Int?
    private let keyLimit: Int?
    private let rates: [String: AttemptRate]
    private let busy: String?
    private let wasBusy = Flag()
    private let hasFollowUps: Bool

    init() {
        handlers = Self.list("TESTWORKER_HANDLERS")
        formerNames = Self.list("TESTWORKER_FORMERLY").map(HandlerName.init(rawValue:))
        attempts = Self.number("TESTWORKER_ATTEMPTS") ?? 3
        broken = Set(Self.list("TESTWORKER_BROKEN"))
        outage = Self.text("TESTWORKER_OUTAGE")
        poison = Self.text("TESTWORKER_POISON")
        failures = Self.number("TESTWORKER_FAIL_SEED").map(FailurePlan.init)
        delay = .milliseconds(Self.number("TESTWORKER_DELAY") ?? 0)
        slow = Set(Self.list("TESTWORKER_SLOW"))
        stuck = Set(Self.list("TESTWORKER_STUCK"))
        blocking = Set(Self.list("TESTWORKER_BLOCKING"))
        let journal = Self.text("TESTWORKER_JOURNAL").map(Journal.init)
        self.journal = journal
        witness = Self.number("TESTWORKER_WITNESS").map(Witness.init)
        limit = Self.number("TESTWORKER_LIMIT")
        keyLimit = Self.number("TESTWORKER_KEY_LIMIT")
        rates = Self.rates("TESTWORKER_RATES")
        busy = Self.text("TESTWORKER_BUSY")
        hasFollowUps = Self.text("TESTWORKER_FOLLOW_UPS") != nil
        noStart = Self.text("TESTWORKER_NO_START")
        order = Self.text("TESTWORKER_ORDER").map { $0 == "newest" ? .newest : .byKey(whenDead: .goOn) }
        services = Self.list("TESTWORKER_SERVICES").map { JournalService(name: $0, journal: journal) }
    }

    /// The key of an event: its idempotency key up to the last hyphen.
    static let key: @Sendable (Event) -> String? = { event in
        event.idempotencyKey.lastIndex(of: "-").map { String(event.idempotencyKey[..<$0]) }
    }

    /// The limits of a handler.
    func limits(of handler: String) -> HandlerLimits {
        HandlerLimits(
            globalConcurrency: limit,
            rate: rates[handler],
            perKey: keyLimit.map { KeyLimits(concurrency: $0) }
        )
    }

    /// Runs one attempt, before the witness where there is one.
    func run(_ context: HandlerContext) async throws {
        guard let witness else { return try await observedRun(context) }
        let key = context.delivery.idempotencyKey
        try await witness.observe("\(context.handler) \(key)") { try await observedRun(context) }
    }

    /// Runs one attempt and writes down how it ended.
    private func observedRun(_ context: HandlerContext) async throws {
        let handler = context.handler.rawValue
        if order != nil {
            let run = "\(context.handler) \(context.deliveryID) \(context.attempt) \(getpid()) began"
            await journal?.append("\(run) \(Self.microsecondsNow())")
        }
        if context.delivery.idempotencyKey == busy, wasBusy.raise() {
            throw HandlerError.busy(for: .seconds(5))
        }
        if stuck.contains(handler) {
            await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        }
        while blocking.contains(handler) {
            usleep(100_000)
        }
        if hasFollowUps {
            guard context.delivery.endpoint != .internal else { return }
            try await prepare(context)
        }
        let outcome: Outcome
        do {
            if delay > .zero, slow.isEmpty || slow.contains(handler) {
                try await Task.sleep(for: delay)
            }
            if context.delivery.idempotencyKey == poison {
                fatalError("this delivery was planned to take the process down")
            }
            outcome = fails(context) ? .failed : .handled
        } catch {
            outcome = .cancelled
        }
        let run = "\(context.handler) \(context.deliveryID) \(context.attempt) \(getpid()) \(outcome)"
        await journal?.append("\(run) \(Self.microsecondsNow())")
        switch outcome {
        case .handled: return
        case .failed: throw PlannedFailure()
        case .cancelled: throw CancellationError()
        }
    }

    /// Does the step, and enqueues a follow-up under a key of its own, so that no key hides a second one.
    private func prepare(_ context: HandlerContext) async throws {
        let run = "\(context.handler) \(context.deliveryID) \(context.attempt) \(getpid())"
        try await context.step("charge") {
            await journal?.append("\(run) stepped \(Self.microsecondsNow())")
        }
        await journal?.append("\(run) recorded \(Self.microsecondsNow())")
        try context.enqueue(
            FollowUp(job: "\(context.handler) \(context.deliveryID)"),
            key: "\(UInt64.random(in: .min ... .max))"
        )
        await journal?.append("\(run) enqueued \(Self.microsecondsNow())")
    }

    private enum Outcome {
        case handled
        case failed
        case cancelled
    }

    private func fails(_ context: HandlerContext) -> Bool {
        let handler = context.handler.rawValue
        return broken.contains(handler) && outage.map { access($0, F_OK) == 0 } ?? true
            || failures?.fails(key: context.delivery.idempotencyKey, handler: handler, attempt: context.attempt) == true
    }

    private static func microsecondsNow() -> Int64 {
        Int64(Date.now.timeIntervalSince1970 * 1_000_000)
    }

    private static func list(_ name: String) -> [String] {
        text(name)?.split(separator: ",").map(String.init) ?? []
    }

    private static func rates(_ name: String) -> [String: AttemptRate] {
        list(name)
            .reduce(into: [:]) { rates, text in
                let parts = text.split { "=/".contains($0) }
                guard parts.count == 3, let attempts = Int(parts[1]), let seconds = Int(parts[2]) else {
                    preconditionFailure("\(name) has no rate of the form handler=attempts/seconds: \(text)")
                }
                rates[String(parts[0])] = AttemptRate(attempts, per: .seconds(seconds))
            }
    }

    private static func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
        text(name)
            .map { text in
                guard let number = Number(text) else { preconditionFailure("\(name) is not a number") }
                return number
            }
    }

    private static func text(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}

/// A flag that is raised once.
final class Flag: Sendable {
    private let isRaised = Atomic(false)

    /// Raises it.
    ///
    /// - Returns: `true` the first time.
    func raise() -> Bool {
        !isRaised.exchange(true, ordering: .relaxed)
    }
}

/// The error of everything that has to fail.
struct PlannedFailure: Error, CustomStringConvertible {
    var description = "this attempt was planned to fail"
}

/// A service that tells of its beginning and its end.
struct JournalService: Service {
    let name: String
    let journal: Journal?

    func run() async throws {
        await journal?.append("\(name) begun")
        if name == "broken" {
            throw PlannedFailure(description: "the pool\nis broken")
        }
        try await gracefulShutdown()
        await journal?.append("\(name) ended")
    }
}
