import CLibrary
package import PostroomCore

/// The handlers of the nodes: quick, failing at random, failing for good, slow, blocking, deaf to cancellation, those with
/// an effect in the database, and one that a rare delivery makes end its process.
package struct ChaosHandlers: Sendable {
    private let journal: RunJournal
    let fate: RunFate
    let effects: EffectStore
    private let generation: Int

    /// Prepares the handlers of one process.
    ///
    /// - Parameters:
    ///   - journal: The file that tells of every run.
    ///   - seed: The seed of each attempt's fate.
    ///   - generation: The generation of the program; each has a handler more than the one before.
    ///   - effects: The tables of the handlers with an effect.
    /// - Throws: ``ChaosFailure`` where the journal can't be opened.
    package init(journal: String, seed: UInt64, generation: Int, effects: EffectStore) throws(ChaosFailure) {
        self.journal = try RunJournal(path: journal)
        self.fate = RunFate(seed: seed)
        self.effects = effects
        self.generation = generation
    }

    /// Handles everything at once.
    static let quick: HandlerName = "chaos.quick"
    /// Fails one attempt in three, and succeeds in the end.
    static let flaky: HandlerName = "chaos.flaky"
    /// Fails every other attempt, of which it has three.
    static let fragile: HandlerName = "chaos.fragile"
    /// Fails for good on one delivery in four.
    static let refuses: HandlerName = "chaos.refuses"
    /// Can't decode some of its deliveries.
    static let typed: HandlerName = "chaos.typed"
    /// Takes up to three times the worker's patience on every other delivery, so that there is always something in flight.
    static let slow: HandlerName = "chaos.slow"
    /// Blocks a thread on one delivery in twenty.
    static let blocks: HandlerName = "chaos.blocks"
    /// Ignores its cancellation at the first attempt of one delivery in sixty.
    static let deaf: HandlerName = "chaos.deaf"
    /// Writes into the database.
    static let effect: HandlerName = "chaos.effect"

    /// Ends the process on one delivery in thousands.
    static let poison: HandlerName = "chaos.poison"

    /// The handlers of every generation.
    static let always = [
        quick, flaky, fragile, refuses, typed, slow, blocks, deaf, effect, poison, exact, ordered, newest,
    ]

    /// The handlers of every generation where so many servers share the deliveries.
    static func always(on servers: Int) -> [HandlerName] {
        servers == 1 ? always : always.filter { !inOrder.contains($0) }
    }

    /// The handler that came with a generation after the first.
    static func newcomer(of generation: Int) -> HandlerName {
        HandlerName(rawValue: "chaos.since-\(generation)")
    }

    /// The names of a generation's handlers.
    static func names(of generation: Int) -> [HandlerName] {
        always + (1...max(1, generation)).dropFirst().map(newcomer)
    }

    /// The number of attempts that a handler has.
    static func maximumAttempts(of handler: HandlerName) -> Int {
        handler == fragile ? 3 : 60
    }

    private static let firstDelay = Duration.milliseconds(100)
    private static let maximumDelay = Duration.seconds(2)
    private static let jitter = 0.2

    static func retry(_ handler: HandlerName) -> RetryPolicy {
        .exponential(
            maximumAttempts: maximumAttempts(of: handler),
            firstDelay: firstDelay,
            multiplier: 2,
            maximumDelay: maximumDelay,
            jitter: jitter
        )
    }

    /// The shortest time between a failed attempt and the next one, of every handler.
    static func shortestDelay(afterAttempt attempt: Int) -> Duration {
        min(maximumDelay, firstDelay * (1 << min(16, attempt - 1))) * (1 - jitter)
    }

    /// Registers the handlers.
    ///
    /// - Parameter handlers: The registry that gets them.
    package func register(on handlers: inout HandlerRegistry) {
        on(.everything, Self.quick, &handlers) { _ in }
        on(.everything, Self.flaky, &handlers) { context in
            if fate.happens(to: context, oneIn: 3) {
                throw PlannedFailure()
            }
        }
        on(.events(from: .wacht), Self.fragile, &handlers) { context in
            if fate.happens(to: context, oneIn: 2) {
                throw PlannedFailure()
            }
        }
        on(.events(from: .nyuchi), Self.refuses, &handlers) { context in
            if fate.happens(toAllOf: context, oneIn: 4) {
                throw HandlerError.permanent("this delivery was planned to be refused")
            }
        }
        handlers.on(ChaosOrder.self, named: Self.typed, retry: Self.retry(Self.typed)) { _, context in
            try await run(context) { _ in }
        }
        on(.events(from: .wacht), Self.slow, &handlers) { context in
            if fate.happens(toAllOf: context, oneIn: 2) {
                try await Task.sleep(for: .milliseconds(200 + fate.number(context) % 1500))
            }
        }
        on(.events(from: .hmacSHA256), Self.blocks, &handlers) { context in
            if fate.happens(toAllOf: context, oneIn: 20) {
                // It is what the handler is for: the thread is not given back.
                usleep(useconds_t(50_000 + fate.number(context) % 100_000))
            }
        }
        registerDeaf(on: &handlers)
        registerReliedOn(on: &handlers)
        on(.events(from: .standardWebhooks), Self.effect, &handlers) { context in
            try await effects.write(context.deliveryID, context.handler)
        }
        handlers.on(.events(from: .hmacSHA256), named: Self.poison, retry: Self.retry(Self.poison)) { event, context in
            try await run(context) { _ in
                guard !ChaosPoison.isIn(event.body) else { fatalError("this delivery was planned to end the process") }
            }
        }
        for newer in (1...max(1, generation)).dropFirst() {
            on(.events(from: .bearer), Self.newcomer(of: newer), &handlers) { _ in }
        }
    }

    /// The handler that is given up after a second, and goes on for two more.
    private func registerDeaf(on handlers: inout HandlerRegistry) {
        handlers.on(
            .events(from: .hmacSHA256),
            named: Self.deaf,
            retry: Self.retry(Self.deaf),
            timeout: .seconds(1)
        ) { _, context in
            try await run(context) { context in
                guard context.attempt == 1, fate.happens(toAllOf: context, oneIn: 60) else { return }
                // unstructured: shields the wait from the cancellation, which is what this handler is for
                await Task { try? await Task.sleep(for: .seconds(3)) }.value
                throw Overrun()
            }
        }
    }

    private func on(
        _ pattern: EventPattern,
        _ name: HandlerName,
        _ handlers: inout HandlerRegistry,
        _ work: @escaping @Sendable (HandlerContext) async throws -> Void
    ) {
        handlers.on(pattern, named: name, retry: Self.retry(name)) { _, context in
            try await run(context, work)
        }
    }

    /// Runs an attempt and writes down that it began and how it ended.
    func run(_ context: HandlerContext, _ work: (HandlerContext) async throws -> Void) async throws {
        journal.began(context)
        do {
            try await work(context)
            journal.ended(context, .handled)
        } catch let cancellation as CancellationError {
            journal.ended(context, .cancelled)
            throw cancellation
        } catch let overrun as Overrun {
            journal.ended(context, .overran)
            throw overrun
        } catch {
            journal.ended(context, .failed)
            throw error
        }
    }
}

/// The error of a run that has to fail.
struct PlannedFailure: Error, CustomStringConvertible {
    var description: String { "this attempt was planned to fail" }
}

/// The error of a run that went on after its attempt was given up.
private struct Overrun: Error {}

/// The one typed event of a run: some of its bodies don't fit.
struct ChaosOrder: WebhookEvent {
    static let source = Source.standardWebhooks
    static let eventTypes = ["chaos.order"]

    /// The fields of a body that fits.
    static let mark = #""fits":true"#

    init(decoding event: Event) throws {
        guard String(decoding: event.body, as: UTF8.self).contains(Self.mark) else {
            throw UndecodableEvent(path: "fits", expectation: "true")
        }
    }
}

/// A delivery that ends the process of its handler.
enum ChaosPoison {
    /// A text that its body has and no other.
    static let mark = #""poison":true"#

    /// Returns whether a body has it.
    static func isIn(_ body: [UInt8]) -> Bool {
        String(decoding: body, as: UTF8.self).contains(mark)
    }
}
