import PostroomCore

/// The handlers of deliveries, by one version of the handler directory and by the handlers that this worker has.
final class Router: Sendable {
    let version: Int64
    let entries: [HandlerDirectory.Entry]
    /// This worker's handlers; the index of a handler is its place here.
    private let handlers: [RegisteredHandler]
    private let indices: [HandlerName: Int]
    /// The names that the directory has for this worker's handlers.
    private let names: [HandlerName]
    /// The names that renamed handlers have now, by their former ones.
    private let newerNames: [HandlerName: HandlerName]
    /// The handlers of which some jobs may have a key.
    private let keyed: Set<HandlerName>
    /// The time that a job waits for newer code.
    let newerCodeDelay: Duration
    /// The time at which the newest handler was recorded.
    private let settledSince: Timestamp
    /// True where a handler subscribes at one endpoint, so that a route depends on the endpoint too.
    let tellsEndpointsApart: Bool

    init(_ directory: HandlerDirectory, _ handlers: [RegisteredHandler], newerCodeDelay: Duration) {
        self.version = directory.version
        self.entries = directory.entries
        self.handlers = handlers
        var indices = Dictionary(zip(handlers.map(\.name), handlers.indices)) { first, _ in first }
        var names = handlers.map(\.name)
        for entry in directory.entries where indices[entry.name] == nil {
            guard let index = entry.formerNames.lazy.compactMap({ indices[$0] }).first else { continue }
            indices[entry.name] = index
            names[index] = entry.name
        }
        self.indices = indices
        self.names = names
        self.newerNames = Dictionary(
            directory.entries.flatMap { entry in entry.formerNames.map { ($0, entry.name) } }
        ) { first, _ in first }
        self.keyed = Set(directory.entries.filter(\.mayHaveKeys).flatMap { [$0.name] + $0.formerNames })
        self.newerCodeDelay = newerCodeDelay
        let patterns = [directory.entries.map(\.patterns), handlers.map(\.patterns)].joined().joined()
        self.tellsEndpointsApart = patterns.contains { $0.endpoint != nil }
        self.settledSince = directory.entries.map(\.recordedAt).max() ?? Timestamp(rawValue: .min)
    }

    /// Finds the handlers of a delivery.
    ///
    /// The directory decides who gets it. Paused handlers and those that this worker doesn't have get it through the
    /// inbox, and so do those whose jobs run singly. So does a handler of this worker whose own patterns don't match though
    /// the directory's do: a worker with newer code is there, or comes.
    func route(_ delivery: Delivery) -> Route {
        var route = Route()
        for entry in entries where entry.wants(delivery) {
            guard let index = indices[entry.name] else {
                let order: Route.Order = entry.isOrdered ? .unknown : .none
                route.owed.append(Route.Owed(handler: entry.name, dueIn: .zero, order: order))
                continue
            }
            guard handlers[index].subscribes(to: delivery) else {
                let order: Route.Order = entry.isOrdered ? .unknown : .none
                let delay = entry.isPaused ? .zero : newerCodeDelay
                route.owed.append(Route.Owed(handler: entry.name, dueIn: delay, order: order))
                continue
            }
            let isOrdered = handlers[index].options.order != nil
            if entry.isPaused || handlers[index].options.runsSingly {
                let order: Route.Order = isOrdered ? .found(by: index) : .none
                route.owed.append(Route.Owed(handler: entry.name, dueIn: .zero, order: order))
            } else {
                route.runs.append(index)
            }
        }
        return route
    }

    /// Tells whether the route depends on nothing but source, endpoint and type.
    ///
    /// A delivery before the newest handler's time may still be for it by its number; such ones are rare.
    func isCacheable(_ delivery: Delivery) -> Bool {
        delivery.receivedAt >= settledSince
    }

    /// Returns the name that the directory has for a handler: a newer one than this worker's, where it was renamed.
    func name(at index: Int) -> HandlerName {
        names[index]
    }

    /// Returns the name that the directory has for a handler of which any name is known.
    func currentName(_ handler: HandlerName) -> HandlerName {
        newerNames[handler] ?? handler
    }

    func index(of handler: HandlerName) -> Int? {
        indices[handler]
    }

    /// Tells whether attempts of a handler of this worker end their jobs inside transactions.
    func isTransactional(_ handler: HandlerName) -> Bool {
        indices[handler].map { handlers[$0].options.isTransactional } ?? false
    }

    /// Tells whether a claim has to look for jobs of a handler with a key.
    func mayHaveKeys(_ handler: HandlerName) -> Bool {
        keyed.contains(handler)
    }

    /// `true` where a handler of this worker has an order: a batch that ends may let a job of it begin.
    var hasOrder: Bool {
        !keyed.isDisjoint(with: indices.keys)
    }

    /// The indices of the handlers whose retries may be claimed.
    var claimableHandlers: [Int] {
        entries.compactMap { $0.isPaused ? nil : indices[$0.name] }
    }

    /// Tells whether a claimed retry is for a worker with newer code.
    ///
    /// A job that nobody's patterns match is run all the same: it is owed.
    func needsNewerCode(_ retry: ClaimedRetry, index: Int) -> Bool {
        let delivery = retry.delivery
        guard !handlers[index].subscribes(to: delivery) else { return false }
        return entries.contains { entry in
            entry.name == retry.key.handler && entry.patterns.contains { $0.matches(delivery) }
        }
    }
}
