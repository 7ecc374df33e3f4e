import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Counts connections and keeps them within their limit.
final class ConnectionGate: Sendable {
    let limit: Int
    private let entered = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// How many connections are open.
    var count: Int {
        entered.load(ordering: .relaxed)
    }

    /// Whether idle connections have to go so that new ones find room.
    var isCrowded: Bool {
        count > limit / 4 * 3
    }

    /// Lets a connection in, if there is room.
    func enter() -> Bool {
        if entered.add(1, ordering: .relaxed).newValue <= limit {
            return true
        }
        entered.subtract(1, ordering: .relaxed)
        return false
    }

    /// Counts a connection out that ``enter()`` let in.
    func leave() {
        entered.subtract(1, ordering: .relaxed)
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
