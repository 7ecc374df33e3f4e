import PostroomQueue

/// How much of its room a worker has given away.
struct RoomLedger {
    private let limit: Int
    private let perClaim: Int
    /// Deliveries and retries that are held.
    private(set) var held = 0
    /// What claims that are under way may bring.
    private var asked = 0
    /// The moving average of deliveries in a batch.
    private var averageBatch = 1.0

    init(limit: Int, perClaim: Int) {
        self.limit = max(1, limit)
        self.perClaim = max(1, perClaim)
    }

    /// What is left, beside what a hand-off reserved.
    func room(reserved: Int) -> Int {
        max(0, limit - held - asked - reserved)
    }

    /// What the next claim asks for; it counts as taken until ``answered(_:)``.
    mutating func ask(reserved: Int) -> ClaimRequest {
        let room = min(perClaim, room(reserved: reserved))
        guard room > 0 else { return .nothing }
        asked += room
        let batches = Int((Double(room) / averageBatch).rounded(.up))
        return ClaimRequest(deliveries: room, batches: max(1, batches))
    }

    /// Sets room aside for retries that are about to be claimed.
    mutating func ask(retries: Int) {
        asked += retries
    }

    /// A claim is over.
    mutating func answered(_ count: Int) {
        asked -= count
    }

    mutating func took(batchOf deliveries: Int) {
        held += deliveries
        averageBatch += (Double(max(1, deliveries)) - averageBatch) * 0.05
    }

    mutating func took(retries: Int) {
        held += retries
    }

    mutating func gave(_ count: Int) {
        held -= count
    }
}
