import PostroomCore

/// Everything that is known of a run when it is over: what the sender, the handlers, the nodes and the database say.
struct Evidence: Sendable {
    /// The deliveries that were sent, with every answer.
    var sent: [SentDelivery] = []
    /// The deliveries in the inbox.
    var stored: [DeliveryID: StoredDelivery] = [:]
    /// The handlers that the database knows.
    var handlers: [KnownHandler] = []
    /// Every run of a handler, from the journals.
    var runs: [HandlerRun] = []
    /// The pairs that were settled as handled.
    var handled: [HandledRow] = []
    /// The failed attempts that were recorded.
    var failures: [FailureRow] = []
    /// The dead letters.
    var letters: [LetterRow] = []
    /// The pairs with an effect in the database.
    var effects: Set<Pair> = []
    /// The effects that were to happen exactly once, in the order in which they happened.
    var exactEffects: [Pair] = []
    /// The beginnings and the ends of the ordered handler's runs, as they stand in the database.
    var turnNotes: [TurnNote] = []
    /// The pairs that a newer one of their key made needless.
    var superseded: Set<Pair> = []
    /// The number of times that a replay asked for a pair.
    var replayed: [Pair: Int] = [:]
    /// The pairs that were discarded, and those of which nobody knows.
    var discarded: Set<Pair> = []
    var perhapsDiscarded: Set<Pair> = []
    /// A description of the jobs that were owed when the wait for an empty queue ended; `nil` where none was.
    var unfinished: String?
    /// The nodes' lives.
    var lives: [LifeID: NodeLife] = [:]
    /// The latest times at which workers were rescued.
    var rescues: [WorkerID: Timestamp] = [:]
    /// The times at which nodes learned that their worker had been rescued.
    var drops: [(life: LifeID, at: Timestamp)] = []
    /// The workers that a life learned to have lost by a rescue, with the time at which it did.
    var losses: [LifeID: [(worker: WorkerID?, at: Timestamp)]] = [:]
    /// The time that a worker may be silent.
    var lease = Duration.seconds(3)
    /// The interruptions that kept nodes from going on.
    var interruptions: [Interruption] = []
    /// The times until all was well after each fault.
    var recoveries: [Recovery] = []
    /// Deliveries that were answered 200 and not found in the inbox right after.
    var invisible: [DeliveryID] = []
    /// Places where a secret or a body was found in a log.
    var leaks: [String] = []
    /// The most of everything that was seen, and the most that is allowed.
    var peaks: [BoundedResource: ResourcePeak] = [:]
    /// The number of settlements that the nodes saw refused as too late.
    var lateSettlements = 0
}

/// A (delivery, handler) pair.
struct Pair: Hashable, Comparable, Sendable, CustomStringConvertible {
    let delivery: DeliveryID
    let handler: HandlerName

    var description: String { "delivery \(delivery), handler \(handler)" }

    static func < (left: Pair, right: Pair) -> Bool {
        (left.delivery, left.handler) < (right.delivery, right.handler)
    }
}

/// A delivery as its sender knows it.
struct SentDelivery: Sendable {
    /// One answer, or its absence.
    struct Answer: Sendable {
        /// The status; `nil` where none came.
        let status: Int?
        /// The identity that a 200 told.
        var id: DeliveryID?
        /// True if the 200 said that it was known.
        var isDuplicate = false
        /// True if it was a 503 that did not say when to come again.
        var lacksRetryAfter = false
        /// The time at which it came.
        var at = Timestamp(rawValue: 0)
    }

    let number: Int
    let endpoint: String
    /// The digest of the body.
    let digest: String
    /// True if the typed handler can't read it.
    let isUndecodable: Bool
    /// True if it ends the process of whoever handles it.
    var isPoison = false
    var answers: [Answer] = []
    /// The time at which it was sent first.
    var sentAt = Timestamp(rawValue: 0)
    /// The subject of a delivery that has one.
    var subject: ChaosSubject?
    /// The values that the inbox has to have of it beside its endpoint and body; `nil` where they are not looked at.
    var facts: Facts?

    /// The values that are stored beside the body.
    struct Facts: Hashable, Sendable {
        let source: Source
        let eventType: String?
        /// A header field of its own.
        let mark: String?
    }

    /// The identities that the sender was told.
    var ids: Set<DeliveryID> {
        Set(answers.compactMap { $0.status == 200 ? $0.id : nil })
    }
}

/// A delivery as the inbox has it.
struct StoredDelivery: Sendable {
    let endpoint: String
    let source: Source
    let eventType: String?
    let receivedAt: Timestamp
    let digest: String
    /// The header field of its own.
    var mark: String?
    /// The number of the server that has it.
    var server = 0

    var facts: SentDelivery.Facts {
        SentDelivery.Facts(source: source, eventType: eventType, mark: mark)
    }
}

/// A handler as the database of a server has it.
struct KnownHandler: Sendable {
    let name: HandlerName
    let patterns: [EventPattern]
    /// The time of the second commit of its registration, after which each settlement knows it.
    let recordedAt: Timestamp
    /// The time of the first commit of its registration.
    var announcedAt: Timestamp?
    /// The batch after which it gets every other one, whatever its time.
    var afterBatch: BatchID?
    /// The number of the server that knows it so.
    var server = 0

    func wants(_ delivery: StoredDelivery) -> Bool {
        delivery.receivedAt >= recordedAt && matches(delivery)
    }

    /// Returns whether it may have got a delivery, which came between the two commits of its registration, or later.
    func mayWant(_ delivery: StoredDelivery, _ id: DeliveryID) -> Bool {
        let isLater = afterBatch.map { id.batch > $0 } ?? false
        return (isLater || delivery.receivedAt >= min(announcedAt ?? recordedAt, recordedAt)) && matches(delivery)
    }

    private func matches(_ delivery: StoredDelivery) -> Bool {
        guard delivery.server == server else { return false }
        let endpoint = EndpointName(rawValue: delivery.endpoint)
        return patterns.contains {
            $0.matches(source: delivery.source, endpoint: endpoint, eventType: delivery.eventType)
        }
    }
}

/// A run of a handler, as its process wrote it down.
struct HandlerRun: Sendable {
    let pair: Pair
    let attempt: Int
    let life: LifeID
    let began: Timestamp
    /// The time and kind of its end; `nil` where its process ended before.
    var end: (at: Timestamp, outcome: RunJournal.Outcome)?
}

/// A note of the ordered handler in the database.
struct TurnNote: Sendable {
    /// The number that only this run has.
    let run: Int64
    let pair: Pair
    let attempt: Int
    let processID: Int32
    let isEnd: Bool
    var at: Timestamp
}

/// A pair that was settled as handled.
struct HandledRow: Sendable {
    let pair: Pair
    let worker: WorkerID
    let settledAt: Timestamp
}

/// A failed attempt that was recorded.
struct FailureRow: Sendable {
    let pair: Pair
    let attempt: Int
    /// The worker that had it.
    var worker = WorkerID(rawValue: 0)
    var failedAt = Timestamp(rawValue: 0)
    /// True if it did not fail by itself: its worker died while it was marked as a suspect that runs.
    var isStrike = false
}

/// A dead letter.
struct LetterRow: Sendable {
    let pair: Pair
    let reason: String
    let failedAttempts: Int
    /// The digest of the body that it keeps for a replay; `nil` where that is not looked at.
    var digest: String?
}

/// One life of a node: a process from its start to its end.
struct LifeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let node: Int
    let life: Int

    var description: String { "node \(node), life \(life)" }

    static func < (left: LifeID, right: LifeID) -> Bool {
        (left.node, left.life) < (right.node, right.life)
    }
}

/// The fate of a life.
struct NodeLife: Sendable {
    /// The kind of its end.
    enum End: Hashable, Sendable {
        /// It was killed by us.
        case killed
        /// It ended cleanly, as asked.
        case clean
        /// It ended by a signal that it gave itself, as Swift does at a fatal error.
        case trapped
        /// It ended otherwise.
        case broken(String)
    }

    let processID: Int32
    let began: Timestamp
    var ended: Timestamp?
    var end: End?
    /// The identities that its worker had.
    var workers: [WorkerID] = []
}

/// Something that kept nodes from going on, or claims from being settled.
struct Interruption: Sendable {
    let kind: FaultKind
    /// The life that it happened to; `nil` for all of them.
    let life: LifeID?
    let from: Timestamp
    let to: Timestamp
    /// The number of pairs that the database held for the life after it was killed; `nil` where that is not known.
    var heldPairs: Int?
    /// True if nobody made it: it follows from what a node said of itself.
    var isInferred = false
}

/// A bounded resource of a run, with its name for people.
enum BoundedResource: String, CaseIterable, Sendable {
    case connections = "connections to Postgres"
    case memory = "MiB in one node"
    case files = "files open in one node"
    case queue = "MiB of batches and retries, dead rows included"
}

/// The most that was seen of a resource.
struct ResourcePeak: Sendable {
    /// The most; `nil` where nothing was seen.
    var most: Int?
    let allowed: Int

    mutating func saw(_ amount: Int?) {
        guard let amount else { return }
        most = max(most ?? 0, amount)
    }
}

extension Evidence {
    /// The life in which each worker was.
    var livesOfWorkers: [WorkerID: LifeID] {
        lives.reduce(into: [:]) { found, entry in
            for worker in entry.value.workers {
                found[worker] = entry.key
            }
        }
    }

    /// The failed attempts that nobody made: strikes.
    var strikes: [FailureRow] {
        failures.filter(\.isStrike)
    }

    /// The pairs that end the process which runs them.
    var poison: Set<Pair> {
        let deadly = handlers.filter { $0.name == ChaosHandlers.poison }
        return Set(
            sent.filter(\.isPoison).flatMap(\.ids)
                .filter { id in stored[id].map { row in deadly.contains { $0.wants(row) } } ?? false }
                .map { Pair(delivery: $0, handler: ChaosHandlers.poison) }
        )
    }
}
