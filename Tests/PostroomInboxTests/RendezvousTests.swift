import PostroomCore
import Testing

@testable import PostroomInbox

@Suite("The home of a key")
struct RendezvousTests {
    private typealias Place = Rendezvous.Place

    private static let beginning = Timestamp(rawValue: .min)
    private static let hashes = (0..<10_000).map { Rendezvous.hash(endpoint: "hooks", key: "evt_\($0)") }

    private static func places(_ count: Int) -> [Place] {
        (0..<count).map { Place(number: $0, isDraining: false, joinedAt: beginning) }
    }

    @Test("is where it always was: the scores are part of the data")
    func constant() {
        #expect(Rendezvous.hash(endpoint: "", key: "") == 0xAF63_BD4C_8601_B7DF)
        #expect(Rendezvous.score(of: 0, for: 0) == 0xE220_A839_7B1D_CDAF)
        #expect(Rendezvous.score(of: 1, for: 0) == 0x6E78_9E6A_A1B9_65F4)
        #expect(Rendezvous.score(of: 2, for: 0) == 0x06C4_5D18_8009_454F)
    }

    @Test("differs for one key at two endpoints")
    func endpoints() {
        #expect(Rendezvous.hash(endpoint: "a", key: "bc") != Rendezvous.hash(endpoint: "ab", key: "c"))
    }

    @Test("is each of the servers for about as many keys", arguments: [2, 3, 5, 8])
    func balance(count: Int) {
        var shares = [Int](repeating: 0, count: count)
        for hash in Self.hashes {
            shares[Rendezvous.home(of: hash, among: Self.places(count))] += 1
        }
        let fair = Self.hashes.count / count
        #expect(shares.allSatisfy { abs($0 - fair) < fair / 10 }, "\(shares)")
    }

    @Test("changes only for the keys that a server wins or loses")
    func movement() {
        var drained = Self.places(3)
        drained[1] = Place(number: 1, isDraining: true, joinedAt: Self.beginning)
        for hash in Self.hashes {
            let home = Rendezvous.home(of: hash, among: Self.places(3))
            let grown = Rendezvous.home(of: hash, among: Self.places(4))
            #expect(grown == home || grown == 3)
            let left = Rendezvous.home(of: hash, among: drained)
            #expect(left == home || home == 1 && left != 1)
        }
    }

    /// A history of servers, for which every home that a key may have had is known.
    struct History: CustomTestStringConvertible, Sendable {
        let name: String
        /// Each server's time of joining, in days; `nil` for one that was there from the beginning.
        let joined: [Int64?]
        var draining: Set<Int> = []
        /// The sets of servers that took what was new, since the horizon and in their order.
        let sets: [Set<Int>]
        var testDescription: String { name }
    }

    private static let day: Int64 = 86_400_000_000

    @Test(
        "is asked where it was, and hardly anyone else is",
        arguments: [
            History(name: "nothing has changed", joined: [nil, nil, nil], sets: [[0, 1, 2]]),
            History(name: "one was added", joined: [nil, nil, 95], sets: [[0, 1], [0, 1, 2]]),
            History(name: "two were added together", joined: [nil, 95, 95], sets: [[0], [0, 1, 2]]),
            History(
                name: "two were added one after the other",
                joined: [nil, 92, 95],
                sets: [[0], [0, 1], [0, 1, 2]]
            ),
            History(name: "one was added long ago", joined: [nil, 1], sets: [[0, 1]]),
            History(name: "one drains", joined: [nil, nil, nil], draining: [0], sets: [[0, 1, 2], [1, 2]]),
            History(
                name: "one drains and another was added",
                joined: [nil, nil, 95],
                draining: [0],
                sets: [[0, 1], [0, 1, 2], [1, 2]]
            ),
        ]
    )
    func formerHomes(history: History) {
        let places = history.joined.enumerated()
            .map { number, joined in
                Place(
                    number: number,
                    isDraining: history.draining.contains(number),
                    joinedAt: joined.map { Timestamp(rawValue: $0 * Self.day) } ?? Self.beginning
                )
            }
        let horizon = Timestamp(rawValue: 90 * Self.day)
        var asked = 0
        var needed = 0
        for hash in Self.hashes {
            let homes = history.sets.map { set in
                set.max { Rendezvous.score(of: $0, for: hash) < Rendezvous.score(of: $1, for: hash) } ?? -1
            }
            let home = Rendezvous.home(of: hash, among: places)
            #expect(home == homes.last)
            let former = Rendezvous.formerHomes(of: hash, among: places, since: horizon)
            #expect(Set(former).isSuperset(of: Set(homes).subtracting([home])))
            #expect(!former.contains(home))
            asked += former.count
            needed += Set(homes).subtracting([home]).count
        }
        #expect(asked <= needed * 2, "\(asked) questions, \(needed) of them needed")
        #expect(Rendezvous.hasChanged(places, since: horizon) == (history.sets.count > 1))
    }

    @Test("is found without those that were never seen, where it has been for as long as keys are kept")
    func unknown() {
        let places = [
            Place(number: 0, isDraining: false, joinedAt: Self.beginning),
            Place(number: 1, isDraining: false, joinedAt: nil),
        ]
        for hash in Self.hashes where Rendezvous.home(of: hash, among: places) == 0 {
            #expect(Rendezvous.formerHomes(of: hash, among: places, since: Timestamp(rawValue: 0)).isEmpty)
        }
    }
}
