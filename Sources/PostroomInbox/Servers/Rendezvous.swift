import PostroomCore

/// The choice of a delivery's home among several servers, by rendezvous hashing of its endpoint and idempotency key.
///
/// Each server has a score for each key, and the highest wins. So a duplicate finds its first, and where a server comes or
/// goes, only the keys that win or lose it change their home. The scores are part of the data: a program that computed
/// others would store duplicates.
struct Rendezvous: Sendable {
    /// A server, as far as the choice depends on it.
    struct Place: Hashable, Sendable {
        /// The number of the server.
        let number: Int
        /// `true` where it takes nothing new.
        let isDraining: Bool
        /// The time at which it joined, `-infinity` where it was there from the beginning; `nil` where that is not known yet.
        let joinedAt: Timestamp?
    }

    /// The hash of a key that the scores are made of: FNV-1a of the endpoint, a zero byte and the key.
    static func hash(endpoint: EndpointName, key: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        endpoint.rawValue.utf8.forEach(add)
        add(0)
        key.utf8.forEach(add)
        return hash
    }

    /// The score of a server for a key: the finalizer of SplitMix64 over both.
    static func score(of number: Int, for hash: UInt64) -> UInt64 {
        var mixed = hash &+ (UInt64(number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Finds the home of a key.
    ///
    /// - Parameters:
    ///   - hash: The hash of the key.
    ///   - places: The servers, of which one at least takes what is new.
    /// - Returns: The index of the server among the places.
    static func home(of hash: UInt64, among places: [Place]) -> Int {
        var best = 0
        var highest: UInt64?
        for (index, place) in places.enumerated() where !place.isDraining {
            let score = score(of: place.number, for: hash)
            if highest.map({ score > $0 }) ?? true {
                (best, highest) = (index, score)
            }
        }
        return best
    }

    /// Finds the servers that may have been the home of a key while it is remembered.
    ///
    /// A server was if every one with a higher score was away at that time: it drains now, or has joined since.
    ///
    /// - Parameters:
    ///   - hash: The hash of the key.
    ///   - places: The servers.
    ///   - horizon: The time before which keys are forgotten.
    /// - Returns: The indices of the servers, without the home.
    static func formerHomes(of hash: UInt64, among places: [Place], since horizon: Timestamp) -> [Int] {
        let home = home(of: hash, among: places)
        let ranking = places.indices.sorted {
            score(of: places[$0].number, for: hash) > score(of: places[$1].number, for: hash)
        }
        return ranking.enumerated()
            .filter { rank, index in
                index != home
                    && ranking[..<rank].allSatisfy { wasAway(places[$0], while: places[index], since: horizon) }
            }
            .map(\.element)
    }

    /// Tells whether a server may have been away at a time at which another one was there.
    private static func wasAway(_ place: Place, while other: Place, since horizon: Timestamp) -> Bool {
        guard !place.isDraining, let joined = place.joinedAt else { return true }
        return joined > horizon && other.joinedAt.map { $0 < joined } ?? true
    }

    /// `true` where any key may have had another home.
    static func hasChanged(_ places: [Place], since horizon: Timestamp) -> Bool {
        places.count > 1 && places.contains { $0.isDraining || $0.joinedAt.map { $0 > horizon } ?? false }
    }
}
