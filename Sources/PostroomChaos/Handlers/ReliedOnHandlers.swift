import CLibrary
import FoundationEssentials
import PostroomCore

/// The handlers that ask for more than that every job is done: an effect exactly once, and an order by key.
extension ChaosHandlers {
    /// Has its effect in a transaction that ends its job.
    static let exact: HandlerName = "chaos.exact"
    /// Goes through the deliveries of a subject one after the other.
    static let ordered: HandlerName = "chaos.ordered"
    /// Writes the newest state of a subject, in a transaction that ends its job.
    static let newest: HandlerName = "chaos.newest"

    /// The handlers with an order, which several servers can't keep.
    static let inOrder: Set<HandlerName> = [ordered, newest]

    /// The handlers whose effects happen exactly once.
    static let transactional: Set<HandlerName> = [exact, newest]

    /// Registers them, as far as the servers can keep what they ask for.
    func registerReliedOn(on handlers: inout HandlerRegistry) {
        handlers.on(
            .events(from: .bearer),
            named: Self.exact,
            retry: Self.retry(Self.exact),
            isTransactional: true
        ) { _, context in
            try await run(context) { context in
                guard !fate.happens(to: context, oneIn: 5) else { throw PlannedFailure() }
                try await addEffect(context, refusing: fate.happens(toAllOf: context, oneIn: 10))
                // Its job has ended with its effect, whatever it says now.
                guard !fate.happens(toAllOf: context, oneIn: 11) else { throw PlannedFailure() }
            }
        }
        guard effects.servers == 1 else { return }
        handlers.on(
            .events(from: .hmacSHA256),
            named: Self.ordered,
            retry: Self.retry(Self.ordered),
            order: .byKey(whenDead: .goOn),
            orderingKey: ChaosSubject.key
        ) { _, context in
            try await run(context) { context in
                let number = Int64.random(in: 1...Int64.max)
                try await effects.note(number, of: context, isEnd: false, process: getpid())
                if fate.happens(to: context, oneIn: 6) {
                    try await Task.sleep(for: .milliseconds(20 + fate.number(context) % 300))
                }
                try await effects.note(number, of: context, isEnd: true, process: getpid())
                guard !fate.happens(to: context, oneIn: 4) else { throw PlannedFailure() }
            }
        }
        handlers.on(
            .events(from: .standardWebhooks),
            named: Self.newest,
            retry: Self.retry(Self.newest),
            isTransactional: true,
            order: .newest,
            orderingKey: ChaosSubject.key
        ) { _, context in
            try await run(context) { context in
                if fate.happens(to: context, oneIn: 3) {
                    try await Task.sleep(for: .milliseconds(20 + fate.number(context) % 400))
                }
                guard !fate.happens(to: context, oneIn: 5) else { throw PlannedFailure() }
                try await addEffect(context, refusing: false)
            }
        }
    }

    /// Has the effect of an attempt, by the inbox's transaction or by one of another client.
    private func addEffect(_ context: HandlerContext, refusing: Bool) async throws {
        let refusal = HandlerError.permanent("this effect was planned to be taken back")
        guard fate.number(context) / 2 % 2 == 0 else {
            guard !refusing else { throw refusal }
            return try await effects.add(context.deliveryID, context.handler, finishing: context.receipt)
        }
        try await context.transaction { transaction in
            try await transaction.execute(effects.addition(context.deliveryID, context.handler))
            guard !refusing else { throw refusal }
        }
    }
}

/// The subject of a delivery, and the state of it that the delivery tells of.
struct ChaosSubject: Hashable, Sendable {
    let name: Int
    /// The place of the state among those of all subjects, by the clock of whoever made it: no two have one.
    let version: Int

    init(name: Int, version: Int) {
        self.name = name
        self.version = version
    }

    /// Draws the subject and the state of a delivery: states come out of their order.
    init(number: Int, of count: Int, using generator: inout SeededGenerator) {
        name = Int(generator.next() % UInt64(count))
        version = (number + Int(generator.next() % 21)) * 32 + number % 32
    }

    /// The members that a body has of it.
    var members: String {
        let moment = Date(timeIntervalSince1970: 1_767_225_600 + Double(version)).formatted(.iso8601)
        return #""subject":"s\#(name)","timestamp":"\#(moment)""#
    }

    /// Finds the subject of an event.
    static let key: @Sendable (Event) -> String? = { event in
        try? JSONDecoder().decode(Body.self, from: Data(event.body)).subject
    }

    private struct Body: Decodable {
        let subject: String
    }
}
