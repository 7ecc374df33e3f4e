/// The memory that one connection's unfinished request holds, as the budget and its peer's share know it.
struct MemoryHold {
    /// The limit that was reached.
    enum Shortage {
        case budget
        case share(of: Peer)
    }

    /// The bytes that were given.
    private(set) var bytes = 0

    /// Holds more or less.
    ///
    /// - Parameters:
    ///   - total: The bytes to hold.
    ///   - peer: The peer in whose share they count.
    ///   - budget: The budget that must have room for them.
    /// - Returns: The limit that was reached, and then nothing has changed; `nil` where there was room.
    mutating func resize(to total: Int, of peer: Peer, in budget: IntakeBudget) -> Shortage? {
        let growth = total - bytes
        if growth > 0 {
            guard peer.take(growth) else { return .share(of: peer) }
            guard budget.takeBytes(growth, held: bytes) else {
                peer.release(growth)
                return .budget
            }
        } else if growth < 0 {
            peer.release(-growth)
            budget.release(bytes: -growth)
        }
        bytes = total
        return nil
    }

    /// Ends the hold of a request that is complete: it counts in its peer's share no more, and in the budget until it is
    /// answered.
    ///
    /// - Returns: The bytes to release to the budget then.
    mutating func handOver(of peer: Peer) -> Int {
        peer.release(bytes)
        defer { bytes = 0 }
        return bytes
    }
}
