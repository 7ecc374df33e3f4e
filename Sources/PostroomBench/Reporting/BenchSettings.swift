import PostroomInbox

/// The options of a bench as its report shows them.
enum BenchSettings {
    static func facts(
        of options: BenchOptions,
        for kind: BenchKind,
        inbox: InboxConfiguration?
    ) -> [BenchReport.Fact] {
        var facts: [BenchReport.Fact] = [.init("body bytes", "\(options.bodyBytes) at least")]
        if kind == .drain || kind == .endToEnd || kind == .latency || kind == .http {
            facts.append(.init("handlers", "\(options.handlers)"))
            facts.append(.init("handlers take", options.decoding == .raw ? "the raw event" : "the event's Swift type"))
            facts.append(.init("first attempts that fail", "\(options.failRate)"))
        }
        facts.append(.init("bounded by", options.events.map { "\($0) events" } ?? "\(options.duration)"))
        guard let inbox else { return facts }
        let connections = options.connections
        facts.append(.init("intake connections", "\(connections ?? inbox.intakeConnections)"))
        facts.append(.init("dispatch connections", "\(connections ?? inbox.dispatchConnections)"))
        if let claim = options.claim {
            facts.append(.init("deliveries a claim", "\(claim)"))
        }
        facts.append(.init("limit run", limit(of: options, for: kind)))
        if kind == .ingest || kind == .endToEnd {
            facts.append(.init("deliveries under way", "\(options.inFlight)"))
        }
        if kind == .http {
            facts.append(.init("HTTP connections", "\(options.httpConnections)"))
        }
        if kind == .endToEnd || kind == .latency || kind == .http {
            facts.append(.init("hand-off in memory", options.handsOff ? "yes" : "no, through the database"))
        }
        facts += burden(of: options) + asking(of: options)
        return facts
    }

    private static func limit(of options: BenchOptions, for kind: BenchKind) -> String {
        let load = "\(options.limitConnections) connections × \(options.batch) deliveries"
        return switch kind {
        case .ingest, .http: "delivery_store, \(load)"
        case .drain: "batch_settle and batch_claim in one commit, \(load) a batch, 4 batches a claim"
        case .endToEnd: "batch_settle and delivery_store in one commit, \(load)"
        case .latency: "delivery_store of one delivery, one after the other"
        case .operate, .decode: "none"
        }
    }

    private static func asking(of options: BenchOptions) -> [BenchReport.Fact] {
        var facts: [BenchReport.Fact] = []
        if let keys = options.asking.keys {
            facts.append(.init("asking for", "order within \(keys) keys"))
        }
        if options.asking.isTransactional {
            facts.append(.init("asking for", "a transaction that ends its job"))
        }
        if let limit = options.asking.limit {
            facts.append(.init("asking for", "\(limit) attempts at once of each handler, over all processes"))
        }
        return facts
    }

    private static func burden(of options: BenchOptions) -> [BenchReport.Fact] {
        var facts: [BenchReport.Fact] = []
        if !options.history.isEmpty {
            let history = options.history
            facts.append(
                .init(
                    "burdened by",
                    "\(history.deliveries) settled deliveries, \(history.retries) retries due in a day, "
                        + "\(history.deadLetters) dead letters"
                )
            )
        }
        if let snapshot = options.oldSnapshot {
            facts.append(
                .init("burdened by", "a snapshot held for \(snapshot.age), with \(snapshot.rate) events/s in that time")
            )
        }
        return facts
    }
}
