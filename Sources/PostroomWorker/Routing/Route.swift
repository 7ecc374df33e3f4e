import PostroomCore

/// The handlers of one delivery.
struct Route {
    /// The indices of this worker's handlers that run it now.
    var runs: [Int] = []
    /// The handlers that get it through the inbox, each after a time.
    var owed: [Owed] = []

    /// A handler that gets it through the inbox.
    struct Owed {
        let handler: HandlerName
        let dueIn: Duration
        let order: Order
    }

    /// The way to the place of the job in its handler's order.
    enum Order: Hashable {
        case none
        /// This worker has the handler at that index, which finds it.
        case found(by: Int)
        /// Another worker finds it.
        case unknown
    }
}

/// The routes of the event types that came lately.
///
/// Each task has its own, so that nothing is locked; a stream of one event type finds its route by one comparison.
struct RouteCache {
    /// Patterns match bytes, and two event types that only look the same have two routes.
    private struct Kind: Hashable {
        let source: Source
        /// The endpoint, where it matters.
        let endpoint: EndpointName?
        let eventType: String?

        static func == (left: Kind, right: Kind) -> Bool {
            switch (left.eventType, right.eventType) {
            case (nil, nil): left.source == right.source && left.endpoint == right.endpoint
            case (let one?, let other?):
                one.hasSameBytes(as: other) && left.source == right.source && left.endpoint == right.endpoint
            case (nil, _), (_, nil): false
            }
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(source)
            hasher.combine(endpoint)
            eventType?.hashBytes(into: &hasher)
        }
    }

    /// The most routes that are kept: event types come from outside.
    private static let limit = 1024

    private var version: Int64?
    private var routes: [Kind: Route] = [:]
    private var last: (kind: Kind, route: Route)?

    mutating func route(_ delivery: Delivery, by router: Router) -> Route {
        guard router.isCacheable(delivery) else { return router.route(delivery) }
        if version != router.version || routes.count >= Self.limit {
            version = router.version
            routes = [:]
            last = nil
        }
        let endpoint = router.tellsEndpointsApart ? delivery.endpoint : nil
        let kind = Kind(source: delivery.source, endpoint: endpoint, eventType: delivery.eventType)
        if let last, last.kind == kind {
            return last.route
        }
        let route = routes[kind] ?? router.route(delivery)
        routes[kind] = route
        last = (kind, route)
        return route
    }
}
