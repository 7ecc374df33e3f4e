import Synchronization

/// The budget of all connections together: verified requests, and bytes of heads and bodies.
package final class IntakeBudget: Sendable {
    private let requestLimit: Int
    private let byteLimit: Int
    private let takenRequests = Atomic<Int>(0)
    private let takenBytes = Atomic<Int>(0)

    /// The longest request that may use the whole budget; longer ones leave a quarter of it to the short.
    static let shortRequest = 64 * 1024

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - requests: The most verified requests that wait for their commit.
    ///   - bytes: The most bytes of heads and bodies in memory.
    package init(requests: Int, bytes: Int) {
        self.requestLimit = requests
        self.byteLimit = bytes
    }

    /// The number of verified requests that wait for their commit.
    var requests: Int {
        takenRequests.load(ordering: .relaxed)
    }

    /// The bytes that heads and bodies hold.
    var bytes: Int {
        takenBytes.load(ordering: .relaxed)
    }

    /// True where so much is taken that the slowest senders have to go.
    var isPressed: Bool {
        bytes > byteLimit / 8 * 5
    }

    /// True where there is enough room again after it was pressed.
    var isRelieved: Bool {
        bytes <= byteLimit / 2
    }

    /// The bytes beyond which a peer is heavy: its senders go before others.
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
    ///   - count: The bytes that it needs more.
    ///   - held: The bytes that it holds already.
    /// - Returns: True where there was room.
    func takeBytes(_ count: Int, held: Int) -> Bool {
        let limit = held + count <= Self.shortRequest ? byteLimit : byteLimit / 4 * 3
        if takenBytes.add(count, ordering: .relaxed).newValue <= limit {
            return true
        }
        takenBytes.subtract(count, ordering: .relaxed)
        return false
    }

    /// Releases room.
    func release(requests: Int = 0, bytes: Int) {
        if requests > 0 {
            takenRequests.subtract(requests, ordering: .relaxed)
        }
        if bytes > 0 {
            takenBytes.subtract(bytes, ordering: .relaxed)
        }
    }
}
