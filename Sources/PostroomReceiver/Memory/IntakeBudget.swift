import Synchronization

/// What all connections together may hold: verified requests, and bytes of heads and bodies.
final class IntakeBudget: Sendable {
    private let requestLimit: Int
    private let byteLimit: Int
    private let takenRequests = Atomic<Int>(0)
    private let takenBytes = Atomic<Int>(0)

    /// A request of up to this many bytes may use the whole budget; longer ones leave a quarter of it to the short.
    static let shortRequest = 64 * 1024

    init(requests: Int, bytes: Int) {
        self.requestLimit = requests
        self.byteLimit = bytes
    }

    /// How many requests are under way.
    var requests: Int {
        takenRequests.load(ordering: .relaxed)
    }

    /// How many bytes heads and bodies hold.
    var bytes: Int {
        takenBytes.load(ordering: .relaxed)
    }

    /// Whether so much is taken that the slowest senders have to go.
    var isPressed: Bool {
        bytes > byteLimit / 8 * 5
    }

    /// Whether there is enough room again after it was pressed.
    var isRelieved: Bool {
        bytes <= byteLimit / 2
    }

    /// A peer that holds more than this is heavy: its senders go before others.
    var heavyPeer: Int {
        byteLimit / 8
    }

    /// Asks for room for one more request; without it nothing is taken.
    func takeRequest() -> Bool {
        if takenRequests.add(1, ordering: .relaxed).newValue <= requestLimit {
            return true
        }
        takenRequests.subtract(1, ordering: .relaxed)
        return false
    }

    /// Asks for room for a request to grow; without it nothing is taken.
    ///
    /// - Parameters:
    ///   - count: How many bytes more it needs.
    ///   - held: How many it holds already.
    /// - Returns: Whether there was room.
    func takeBytes(_ count: Int, held: Int) -> Bool {
        let limit = held + count <= Self.shortRequest ? byteLimit : byteLimit / 4 * 3
        if takenBytes.add(count, ordering: .relaxed).newValue <= limit {
            return true
        }
        takenBytes.subtract(count, ordering: .relaxed)
        return false
    }

    /// Gives room back.
    func release(requests: Int = 0, bytes: Int) {
        if requests > 0 {
            takenRequests.subtract(requests, ordering: .relaxed)
        }
        if bytes > 0 {
            takenBytes.subtract(bytes, ordering: .relaxed)
        }
    }
}
