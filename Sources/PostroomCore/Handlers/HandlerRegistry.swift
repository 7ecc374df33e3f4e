@_spi(_Unicode) import Swift

/// The handlers of a program, by name.
public struct HandlerRegistry: Sendable {
    /// The handlers in the order of their registration.
    package internal(set) var handlers: [RegisteredHandler] = []
    /// The hooks for dead letters, in the order of their registration.
    package private(set) var deadLetterHooks: [DeadLetterHook] = []
    /// The problems of the registrations: names that are empty, taken or can't be stored, and handlers that could never
    /// succeed.
    ///
    /// A program with problems does not start.
    package private(set) var problems: [String] = []

    /// The most bytes of a name: it is part of the key of every job.
    private static let longestName = 200

    /// Makes a registry without handlers.
    public init() {}

    /// Handles the events of one type.
    ///
    /// - Parameters:
    ///   - type: The typed event, for example `Wacht.UserCreated.self`.
    ///   - endpoint: The endpoint whose events are handled; `nil` for every endpoint of the type's source.
    ///   - name: The name under which the database knows the handler; another name without `formerly` is a new handler.
    ///   - formerNames: The names that it had before: the first worker that has the new one renames it, with all that it
    ///     owes, and workers that still have a former name work for it.
    ///   - retry: The policy for attempts that fail.
    ///   - timeout: The time after which an attempt is cancelled and counts as failed.
    ///   - isTransactional: `true` where attempts end their job inside a transaction of their own, with their effect.
    ///   - limits: The limits of its attempts.
    ///   - limitKey: The key of an event by which ``HandlerLimits/perKey`` counts; unless it is given, the event's ordering
    ///     key.
    ///   - order: The order of its jobs by key; `nil` for none.
    ///   - orderingKey: Computes the key within which jobs follow each other, `nil` for an event without an order; unless it is
    ///     given, the key is the event's by the rules of its source.
    ///   - handle: The work. It may run more than once for a delivery.
    public mutating func on<Value: WebhookEvent>(
        _ type: Value.Type,
        at endpoint: EndpointName? = nil,
        named name: HandlerName,
        formerly formerNames: [HandlerName] = [],
        retry: RetryPolicy = .exponential(),
        timeout: Duration = .seconds(30),
        isTransactional: Bool = false,
        limits: HandlerLimits = HandlerLimits(),
        limitKey: (@Sendable (Value) -> String?)? = nil,
        order: HandlerOrder? = nil,
        orderingKey: (@Sendable (Value) -> String?)? = nil,
        handle: @escaping @Sendable (Value, HandlerContext) async throws -> Void
    ) {
        add(
            name,
            .type(type, at: endpoint),
            HandlerOptions(
                retry: retry,
                timeout: timeout,
                isTransactional: isTransactional,
                limits: limits,
                order: order
            ),
            limitKey,
            keyed(orderingKey),
            handle
        )
        setFormerNames(formerNames)
    }

    /// Handles the events that match a pattern, undecoded.
    ///
    /// - Parameters:
    ///   - pattern: For example `.events(from: .anthropic, matching: "session.*")` or `.everything`.
    ///   - name: The name under which the database knows the handler; another name without `formerly` is a new handler.
    ///   - formerNames: The names that it had before: the first worker that has the new one renames it, with all that it
    ///     owes, and workers that still have a former name work for it.
    ///   - retry: The policy for attempts that fail.
    ///   - timeout: The time after which an attempt is cancelled and counts as failed.
    ///   - isTransactional: `true` where attempts end their job inside a transaction of their own, with their effect.
    ///   - limits: The limits of its attempts.
    ///   - limitKey: The key of an event by which ``HandlerLimits/perKey`` counts; unless it is given, the event's ordering
    ///     key.
    ///   - order: The order of its jobs by key; `nil` for none.
    ///   - orderingKey: Computes the key within which jobs follow each other, `nil` for an event without an order; unless it is
    ///     given, the key is the event's by the rules of its source.
    ///   - handle: The work. It may run more than once for a delivery.
    public mutating func on(
        _ pattern: EventPattern,
        named name: HandlerName,
        formerly formerNames: [HandlerName] = [],
        retry: RetryPolicy = .exponential(),
        timeout: Duration = .seconds(30),
        isTransactional: Bool = false,
        limits: HandlerLimits = HandlerLimits(),
        limitKey: (@Sendable (Event) -> String?)? = nil,
        order: HandlerOrder? = nil,
        orderingKey: (@Sendable (Event) -> String?)? = nil,
        handle: @escaping @Sendable (Event, HandlerContext) async throws -> Void
    ) {
        add(
            name,
            .matching(pattern),
            HandlerOptions(
                retry: retry,
                timeout: timeout,
                isTransactional: isTransactional,
                limits: limits,
                order: order
            ),
            limitKey,
            keyed(orderingKey),
            handle
        )
        setFormerNames(formerNames)
    }

    private func keyed<Input>(_ key: (@Sendable (Input) -> String?)?) -> (@Sendable (Input, Event) -> String?)? {
        guard let key else { return nil }
        return { input, _ in key(input) }
    }

    /// Calls a hook when jobs of this program's handlers become dead letters: once for each group and hour, however many
    /// letters come and however many processes run.
    ///
    /// A group is the letters of one handler with one cause. The call comes within seconds of the first letter, and once
    /// more in each further hour in which letters come. It may come again where the process dies before the hook returned.
    /// A hook that throws, or takes longer than 30 seconds, is called again, five times at most, and its error is logged.
    ///
    /// - Parameter hook: The work, for example a message to whoever is on call.
    public mutating func onDeadLetter(_ hook: @escaping DeadLetterHook) {
        deadLetterHooks.append(hook)
    }

    /// Registers a type that conforms to ``EventHandler``.
    public mutating func register(_ handler: some EventHandler) {
        register(handler, as: .code)
    }

    /// Registers a handler of a kind.
    package mutating func register(_ handler: some EventHandler, as kind: HandlerKind) {
        add(
            handler.name,
            handler.subscription,
            handler.options,
            handler.limitKey,
            { input, event in handler.orderingKey(of: input, in: event) },
            kind: kind
        ) { event, context in
            try await handler.handle(event, context)
        }
        setFormerNames(handler.formerNames)
    }

    /// Gives the newest handler its former names.
    private mutating func setFormerNames(_ names: [HandlerName]) {
        guard let newest = handlers.indices.last else { return }
        for name in names where handlers.contains(where: { $0.name == name || $0.formerNames.contains(name) }) {
            problems.append(nameProblem(name, formerlyOf: handlers[newest].name))
        }
        handlers[newest].formerNames = names
    }

    private func nameProblem(_ name: HandlerName, formerlyOf handler: HandlerName) -> String {
        "'\(name)' is the former name of handler '\(handler)' and a name of another one, or its own; what it is owed goes to one name"
    }

    private func erased<Input: Sendable>(
        _ key: (@Sendable (Input, Event) -> String?)?,
        _ subscription: Subscription<Input>
    ) -> RegisteredHandler.OrderingKey? {
        guard let key else { return nil }
        return { event, decoded in key(try subscription.input(event, decoded), event) }
    }

    private mutating func add<Input: Sendable>(
        _ name: HandlerName,
        _ subscription: Subscription<Input>,
        _ options: HandlerOptions,
        _ limitKey: (@Sendable (Input) -> String?)?,
        _ orderingKey: (@Sendable (Input, Event) -> String?)?,
        kind: HandlerKind = .code,
        _ handle: @escaping @Sendable (Input, HandlerContext) async throws -> Void
    ) {
        if name.rawValue.isEmpty {
            problems.append("a handler has an empty name; give it one that stays the same for years")
        } else if name.rawValue.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            problems.append("a handler's name has control characters; Postgres and terminals can't show it")
        } else if name.rawValue.utf8.count > Self.longestName {
            problems.append(
                "a handler's name has \(name.rawValue.utf8.count) bytes, and at most \(Self.longestName) can be stored: "
                    + "'\(name.rawValue.prefix(32))…'"
            )
        } else if !name.rawValue._nfc.elementsEqual(name.rawValue.unicodeScalars) {
            problems.append(
                "the name of handler '\(name)' is spelled with separate accents (Unicode NFD), which looks like its usual "
                    + "spelling and is another name to the database; type it anew, or use letters without accents"
            )
        } else if handlers.contains(where: { $0.name == name }) {
            problems.append("two handlers are named '\(name)'; the name is how the database tells them apart")
        } else if let other = handlers.first(where: { $0.formerNames.contains(name) }) {
            problems.append(nameProblem(name, formerlyOf: other.name))
        }
        if options.timeout <= .zero {
            problems.append("handler '\(name)' has a timeout of nothing; every attempt would fail")
        }
        problems += options.limits.problems.map { "handler '\(name)' has limits that can't be kept: \($0)" }
        if subscription.patterns.isEmpty {
            problems.append("handler '\(name)' subscribes to no events; it would never run")
        }
        for pattern in subscription.patterns where EventPattern(description: pattern.description) != pattern {
            problems.append(
                "handler '\(name)' subscribes to '\(pattern)'; the name of a source or an endpoint is not empty, and has "
                    + "neither ':' nor '@'"
            )
        }
        handlers.append(
            RegisteredHandler(
                name: name,
                kind: kind,
                patterns: subscription.patterns,
                options: options,
                decoder: subscription.decoder,
                limitKey: { event, decoded in
                    guard let limitKey else { return event.details.orderingKey }
                    return limitKey(try subscription.input(event, decoded))
                },
                orderingKey: erased(orderingKey, subscription),
                run: { event, decoded, context in
                    try await handle(try subscription.input(event, decoded), context)
                }
            )
        )
    }
}

/// The kind of a handler: written in code, or a forwarder to that kind of place.
package enum HandlerKind: String, Sendable, CaseIterable {
    case code
    case http
    case sql
    case exec
}

/// A handler with its types erased, as a worker runs it.
package struct RegisteredHandler: Sendable {
    /// The name under which the database knows it.
    package let name: HandlerName
    /// The names that it had before.
    package fileprivate(set) var formerNames: [HandlerName] = []
    /// The kind, for people.
    package let kind: HandlerKind
    /// The patterns, any of which must match.
    package let patterns: [EventPattern]
    /// The options of its attempts.
    package internal(set) var options: HandlerOptions
    /// The decoder of its input, or `nil` where the event itself is the input.
    package let decoder: EventDecoder?
    /// Returns the key of an event by which its limits count, with the value that ``decoder`` made.
    package let limitKey: @Sendable (_ event: Event, _ decoded: (any Sendable)?) throws -> String?
    /// Computes the ordering key; `nil` where that is the event's own.
    private let orderingKey: OrderingKey?
    /// Runs it on an event, with the value that ``decoder`` made.
    package let run: Run

    /// The work of a handler with its types erased.
    package typealias Run =
        @Sendable (_ event: Event, _ decoded: (any Sendable)?, _ context: HandlerContext) async throws -> Void

    /// The computation of an ordering key with its types erased.
    package typealias OrderingKey = @Sendable (_ event: Event, _ decoded: (any Sendable)?) throws -> String?

    init(
        name: HandlerName,
        kind: HandlerKind,
        patterns: [EventPattern],
        options: HandlerOptions,
        decoder: EventDecoder?,
        limitKey: @escaping OrderingKey,
        orderingKey: OrderingKey?,
        run: @escaping Run
    ) {
        self.name = name
        self.kind = kind
        self.patterns = patterns
        self.options = options
        self.decoder = decoder
        self.limitKey = limitKey
        self.orderingKey = orderingKey
        self.run = run
    }

    /// `true` where the value that ``decoder`` makes is needed to find a job's place in the order.
    package var needsInputForOrder: Bool {
        orderingKey != nil
    }

    /// Finds the place of an event's job in the handler's order.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - decoded: The value that ``decoder`` made, where there is one.
    /// - Returns: The place, or none where the handler has no order or the event no key.
    package func order(of event: Event, _ decoded: (any Sendable)?) -> JobOrder {
        guard let order = options.order else { return .none }
        return order.place(of: event, decoded, key: orderingKey)
    }

    /// Tells whether it wants a delivery.
    package func subscribes(to delivery: Delivery) -> Bool {
        patterns.contains { $0.matches(delivery) }
    }
}
