import CLibrary
import PostroomCore
import Synchronization

/// The holdings of one address: connections, which ``ConnectionLimit`` counts, and memory of unfinished requests.
final class Peer: Sendable {
    /// The address, or the network for IPv6; `nil` for what has none.
    let address: IPAddress?
    /// The most bytes it may hold.
    let byteLimit: Int
    fileprivate let heldBytes = Atomic<Int>(0)

    init(address: IPAddress?, byteLimit: Int) {
        self.address = address
        self.byteLimit = byteLimit
    }

    /// The bytes that its unfinished requests hold.
    var bytes: Int {
        heldBytes.load(ordering: .relaxed)
    }

    /// True where its share is so full that its slowest senders have to go.
    var isPressed: Bool {
        bytes > byteLimit / 8 * 5
    }

    /// Asks for its share to hold more; without room nothing is taken.
    func take(_ count: Int) -> Bool {
        if heldBytes.add(count, ordering: .relaxed).newValue <= byteLimit {
            return true
        }
        heldBytes.subtract(count, ordering: .relaxed)
        return false
    }

    /// Releases room.
    func release(_ count: Int) {
        heldBytes.subtract(count, ordering: .relaxed)
    }
}

/// Counts connections, and keeps them within their limit and within each address's share.
final class ConnectionLimit: Sendable {
    /// The part of the receiver that one address may hold.
    struct Share: Sendable {
        /// The most connections.
        var connections: Int
        /// The most bytes of unfinished requests.
        var bytes: Int
        /// The addresses that may hold everything, because they stand for many senders.
        var proxies: [AddressRange] = []

        /// Nobody is bounded by address.
        static let all = Share(connections: .max, bytes: .max)
    }

    /// The decision on a new connection.
    enum Decision {
        /// It is let in, and belongs to that peer.
        case enter(Peer)
        /// There are too many of them.
        case full
        /// There are too many of that address.
        case overShare
    }

    private struct Entry {
        let peer: Peer
        var connections: Int
    }

    let limit: Int
    private let share: Share
    private let entered = Atomic<Int>(0)
    private let peers = Mutex<[IPAddress: Entry]>([:])

    init(limit: Int, share: Share = .all) {
        self.limit = limit
        self.share = share
    }

    /// The number of open connections.
    var count: Int {
        entered.load(ordering: .relaxed)
    }

    /// The number of addresses that have one.
    var peerCount: Int {
        peers.withLock(\.count)
    }

    /// True where idle connections have to go so that new ones find room.
    var isCrowded: Bool {
        // So rounded, a limit below four is never crowded: it has no room to keep free.
        limit - count < limit / 4
    }

    /// Lets a connection in, if there is room.
    func enter(from address: IPAddress?) -> Decision {
        guard entered.add(1, ordering: .relaxed).newValue <= limit else {
            entered.subtract(1, ordering: .relaxed)
            return .full
        }
        guard let address, !share.proxies.contains(where: { $0.contains(address) }) else {
            return .enter(Peer(address: nil, byteLimit: .max))
        }
        let peer = peers.withLock { peers -> Peer? in
            let peer = address.peer
            var entry = peers[peer] ?? Entry(peer: Peer(address: peer, byteLimit: share.bytes), connections: 0)
            guard entry.connections < share.connections else { return nil }
            entry.connections += 1
            peers[peer] = entry
            return entry.peer
        }
        guard let peer else {
            entered.subtract(1, ordering: .relaxed)
            return .overShare
        }
        return .enter(peer)
    }

    /// Counts a connection out that was let in.
    func leave(_ peer: Peer) {
        entered.subtract(1, ordering: .relaxed)
        guard let address = peer.address else { return }
        peers.withLock { peers in
            guard let entry = peers[address] else { return }
            peers[address] = entry.connections > 1 ? Entry(peer: peer, connections: entry.connections - 1) : nil
        }
    }

    /// The files this process may have open besides `reserve`; `wanted` where that is not known, or more.
    static func affordable(_ wanted: Int, reserve: Int = 128) -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        let result = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        guard result == 0, limit.rlim_cur < UInt64(Int32.max) else { return wanted }
        return max(1, min(wanted, Int(limit.rlim_cur) - reserve))
    }
}

extension ConnectionLimit.Share {
    /// The share that a configuration gives to one address.
    init(of limits: ReceiverConfiguration.Limits, connections: Int) {
        let share = min(max(0, limits.addressShare), 1)
        self.init(
            connections: max(1, Int(Double(connections) * share)),
            bytes: share < 1 ? Int(Double(limits.bodyBytes) * share) : .max,
            proxies: limits.proxies
        )
    }
}
