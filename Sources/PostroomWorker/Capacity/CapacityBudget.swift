import PostroomCore

/// The capacity of a worker and the claims that use it, in deliveries and in bytes.
struct CapacityBudget {
    private let limit: WorkSize
    /// The part that batches may use: an eighth is left to retries, or a backlog would leave them nothing for as long as it
    /// lasts.
    private let batchLimit: WorkSize
    private let perClaim: WorkSize
    /// The deliveries and retries that are held.
    private(set) var held = WorkSize.zero
    /// The capacity set aside for claims that are under way.
    private var asked = WorkSize.zero
    /// The number of retries that are held.
    private var retries = 0
    /// The moving average of deliveries in a batch.
    private var averageBatch = 1.0
    /// The moving average of bytes in a delivery.
    private var averageBytes = 1024.0

    /// Begins with all capacity free.
    ///
    /// - Parameters:
    ///   - limit: The most that may be held.
    ///   - perClaim: The most deliveries that one claim asks for; of the bytes it asks for the same share.
    init(limit: WorkSize, perClaim: Int) {
        self.limit = WorkSize(count: max(1, limit.count), bytes: max(1, limit.bytes))
        // Of a small capacity an eighth is nothing or too much; one retry may exceed it.
        let share = self.limit.count < 64 ? .zero : WorkSize(count: self.limit.count / 8, bytes: self.limit.bytes / 8)
        self.batchLimit = self.limit - share
        let count = min(max(1, perClaim), self.limit.count)
        let part = Double(count) / Double(self.limit.count)
        self.perClaim = WorkSize(count: count, bytes: max(1, Int(Double(self.limit.bytes) * part)))
    }

    /// Returns what is left for batches, beside what hand-offs reserved; never less than nothing.
    func available(reserved: WorkSize) -> WorkSize {
        available(of: batchLimit, reserved: reserved)
    }

    private func available(of limit: WorkSize, reserved: WorkSize) -> WorkSize {
        let rest = limit - held - asked - reserved
        return WorkSize(count: max(0, rest.count), bytes: max(0, rest.bytes))
    }

    /// Tells whether a batch of that size fits.
    ///
    /// Where nothing is held anything fits: a delivery that is larger than the whole capacity must run some time.
    func fits(_ size: WorkSize, reserved: WorkSize) -> Bool {
        let available = available(reserved: reserved)
        let isEmpty = held.count + asked.count + reserved.count == 0
        return available.count >= size.count && (available.bytes >= size.bytes || isEmpty)
    }

    /// Makes the next claim's request; what it asks for is set aside until ``answered(_:)``.
    mutating func ask(reserved: WorkSize) -> ClaimRequest {
        let available = available(reserved: reserved)
        let deliveries = min(perClaim.count, available.count)
        let bytes = min(perClaim.bytes, available.bytes)
        guard deliveries > 0, bytes > 0 else { return .nothing }
        asked += WorkSize(count: deliveries, bytes: bytes)
        let batches = Int((Double(deliveries) / averageBatch).rounded(.up))
        return ClaimRequest(deliveries: deliveries, batches: max(1, batches), bytes: bytes)
    }

    /// Returns the most retries that may be claimed.
    ///
    /// Where none is held it is at least one, although a batch may have exceeded all limits: else large bodies could keep
    /// the retries out.
    func availableRetries(reserved: WorkSize) -> Int {
        let available = available(of: limit, reserved: reserved)
        let count = min(available.count, Int((Double(available.bytes) / averageBytes).rounded(.up)))
        return retries == 0 ? max(1, count) : count
    }

    /// Sets capacity aside for retries that are about to be claimed.
    mutating func ask(retries: Int) -> WorkSize {
        let size = WorkSize(count: retries, bytes: Int(Double(retries) * averageBytes))
        asked += size
        return size
    }

    /// Ends what was set aside for a claim that is over.
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
        retries += 1
        note(retry)
    }

    private mutating func note(_ size: WorkSize) {
        guard size.count > 0 else { return }
        averageBytes += (max(1, Double(size.bytes) / Double(size.count)) - averageBytes) * 0.05
    }

    /// Counts a job that left its batch as a retry from now on.
    mutating func kept(_ size: WorkSize) {
        held += size
        retries += 1
    }

    mutating func gave(batch size: WorkSize) {
        held -= size
    }

    mutating func gave(retry size: WorkSize) {
        held -= size
        retries -= 1
    }
}

extension ClaimRequest {
    /// The capacity that it asks for.
    var size: WorkSize {
        WorkSize(count: deliveries, bytes: bytes)
    }
}
