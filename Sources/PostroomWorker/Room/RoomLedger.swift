import PostroomQueue

/// How much of its room a worker has given away, in deliveries and in bytes.
struct RoomLedger {
    private let limit: WorkSize
    private let perClaim: WorkSize
    /// Deliveries and retries that are held.
    private(set) var held = WorkSize.zero
    /// What claims that are under way may bring.
    private var asked = WorkSize.zero
    /// The moving average of deliveries in a batch.
    private var averageBatch = 1.0
    /// The moving average of bytes in a delivery.
    private var averageBytes = 1024.0

    /// An empty ledger.
    ///
    /// - Parameters:
    ///   - limit: The most that may be held.
    ///   - perClaim: The most deliveries that one claim asks for; of the bytes it asks for the same share.
    init(limit: WorkSize, perClaim: Int) {
        self.limit = WorkSize(count: max(1, limit.count), bytes: max(1, limit.bytes))
        let count = min(max(1, perClaim), self.limit.count)
        let share = Double(count) / Double(self.limit.count)
        self.perClaim = WorkSize(count: count, bytes: max(1, Int(Double(self.limit.bytes) * share)))
    }

    /// What is left, beside what a hand-off reserved; never less than nothing.
    func room(reserved: WorkSize) -> WorkSize {
        let rest = limit - held - asked - reserved
        return WorkSize(count: max(0, rest.count), bytes: max(0, rest.bytes))
    }

    /// Whether that much more fits.
    ///
    /// Where nothing is held anything fits: a delivery that is larger than the whole room must run some time.
    func fits(_ size: WorkSize, reserved: WorkSize) -> Bool {
        let room = room(reserved: reserved)
        let isEmpty = held.count + asked.count + reserved.count == 0
        return room.count >= size.count && (room.bytes >= size.bytes || isEmpty)
    }

    /// What the next claim asks for; it counts as taken until ``answered(_:)``.
    mutating func ask(reserved: WorkSize) -> ClaimRequest {
        let room = room(reserved: reserved)
        let deliveries = min(perClaim.count, room.count)
        let bytes = min(perClaim.bytes, room.bytes)
        guard deliveries > 0, bytes > 0 else { return .nothing }
        asked += WorkSize(count: deliveries, bytes: bytes)
        let batches = Int((Double(deliveries) / averageBatch).rounded(.up))
        return ClaimRequest(deliveries: deliveries, batches: max(1, batches), bytes: bytes)
    }

    /// How many retries may be claimed at most.
    func roomForRetries(reserved: WorkSize) -> Int {
        let room = room(reserved: reserved)
        return min(room.count, Int((Double(room.bytes) / averageBytes).rounded(.up)))
    }

    /// Sets room aside for retries that are about to be claimed.
    mutating func ask(retries: Int) -> WorkSize {
        let size = WorkSize(count: retries, bytes: Int(Double(retries) * averageBytes))
        asked += size
        return size
    }

    /// A claim is over.
    mutating func answered(_ size: WorkSize) {
        asked -= size
    }

    mutating func took(batch: WorkSize) {
        held += batch
        averageBatch += (Double(max(1, batch.count)) - averageBatch) * 0.05
        note(batch)
    }

    mutating func took(retry: WorkSize) {
        held += retry
        note(retry)
    }

    private mutating func note(_ size: WorkSize) {
        guard size.count > 0 else { return }
        averageBytes += (max(1, Double(size.bytes) / Double(size.count)) - averageBytes) * 0.05
    }

    /// What left its batch is held as retries from now on.
    mutating func kept(_ size: WorkSize) {
        held += size
    }

    mutating func gave(_ size: WorkSize) {
        held -= size
    }
}

extension ClaimRequest {
    /// What it counts as in the ledger.
    var size: WorkSize {
        WorkSize(count: deliveries, bytes: bytes)
    }
}
