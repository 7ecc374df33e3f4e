import NIOCore
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The memory for bodies")
struct BudgetTests {
    @Test("a body's memory grows with what came, not with what was announced")
    func slowSender() {
        var body = BodyBuffer()
        for _ in 0..<100 {
            body.append(ByteBuffer(bytes: [1]), announced: 8 << 20)
        }
        #expect(body.bytes.count == 100)
        #expect(body.capacity <= 200)
    }

    @Test(
        "memory at least fits, at most doubles, and stays within what was announced",
        arguments: [
            (needed: 10, current: 0, announced: nil, capacity: 10), (10, 10, nil, 10), (11, 10, nil, 20),
            (30, 10, nil, 30), (11, 10, 15, 15), (11, 10, 100, 20), (20, 10, 15, 20), (5, 10, 5, 10),
        ] as [(needed: Int, current: Int, announced: Int?, capacity: Int)]
    )
    func capacity(row: (needed: Int, current: Int, announced: Int?, capacity: Int)) {
        #expect(BodyBuffer.capacity(for: row.needed, current: row.current, announced: row.announced) == row.capacity)
    }

    @Test("a request for which there is no room holds what it held, and so do the budget and its peer's share")
    func exhausted() {
        let budget = IntakeBudget(requests: 1, bytes: 10)
        let peer = Peer(address: nil, byteLimit: 8)
        var hold = MemoryHold()
        #expect(hold.resize(to: 6, of: peer, in: budget) == nil)
        #expect(hold.resize(to: 9, of: peer, in: budget).map(Self.isShare) == true)
        #expect([hold.bytes, peer.bytes, budget.bytes] == [6, 6, 6])
        let other = Peer(address: nil, byteLimit: .max)
        var otherHold = MemoryHold()
        #expect(otherHold.resize(to: 5, of: other, in: budget).map(Self.isShare) == false)
        #expect([otherHold.bytes, other.bytes, budget.bytes] == [0, 0, 6])
        #expect(hold.resize(to: 2, of: peer, in: budget) == nil)
        #expect([hold.bytes, peer.bytes, budget.bytes] == [2, 2, 2])
        #expect(hold.handOver(of: peer) == 2)
        #expect([hold.bytes, peer.bytes, budget.bytes] == [0, 0, 2])
    }

    private static func isShare(_ shortage: MemoryHold.Shortage) -> Bool {
        if case .share = shortage {
            return true
        }
        return false
    }

    @Test("the budget is pressed beyond five eighths, and relieved at half")
    func pressure() {
        let budget = IntakeBudget(requests: 1, bytes: 800)
        #expect(budget.takeBytes(500, held: 0))
        #expect(!budget.isPressed && !budget.isRelieved)
        #expect(budget.takeBytes(1, held: 0))
        #expect(budget.isPressed)
        budget.release(bytes: 101)
        #expect(budget.isRelieved)
    }

    @Test("who makes room: senders of heavy peers first, and of these the slowest")
    func order() {
        let ranks = [(true, 9.0), (false, 1), (true, 2), (false, 0)].map { SlowSender(isHeavy: $0.0, speed: $0.1) }
        #expect(ranks.sorted().map(\.speed) == [2, 9, 0, 1])
        #expect(ranks.sorted().map(\.isHeavy) == [true, true, false, false])
    }

    @Test("long bodies leave a quarter of the memory to short ones")
    func shortBodiesFirst() {
        let budget = IntakeBudget(requests: 1, bytes: 400_000)
        #expect(budget.takeBytes(300_000, held: 0))
        #expect(!budget.takeBytes(100_000, held: 0))
        #expect(!budget.takeBytes(1, held: 64 * 1024))
        #expect(budget.takeBytes(64 * 1024, held: 0))
        #expect(!budget.takeBytes(64 * 1024, held: 0))
    }

    @Test("no more requests are let in than allowed, and room that is given back can be taken again")
    func requests() {
        let budget = IntakeBudget(requests: 2, bytes: 0)
        #expect(budget.takeRequest() && budget.takeRequest())
        #expect(!budget.takeRequest())
        budget.release(requests: 1, bytes: 0)
        #expect(budget.takeRequest())
        #expect(budget.requests == 2)
    }

    @Test("no more connections are let in than allowed")
    func connections() {
        let connectionLimit = ConnectionLimit(limit: 4)
        let peers = (0..<4).compactMap { _ in Self.peer(connectionLimit.enter(from: nil)) }
        #expect(peers.count == 4)
        #expect(Self.peer(connectionLimit.enter(from: nil)) == nil)
        #expect(connectionLimit.isCrowded)
        connectionLimit.leave(peers[0])
        #expect(!connectionLimit.isCrowded)
        #expect(Self.peer(connectionLimit.enter(from: nil)) != nil)
        #expect(ConnectionLimit.affordable(10) == 10)
        #expect(ConnectionLimit.affordable(.max) < .max)
    }

    @Test("less room than a quarter, rounded down, is a crowd", arguments: [(1, 2), (2, 3), (4, 4), (8, 7), (10, 9)])
    func crowd(limit: Int, first: Int) {
        let connectionLimit = ConnectionLimit(limit: limit)
        for number in 1...limit {
            #expect(Self.peer(connectionLimit.enter(from: nil)) != nil)
            #expect(connectionLimit.isCrowded == (number >= first), "\(number) of \(limit)")
        }
    }

    @Test(
        "an address has its share of the connections, a network of IPv6 too, and a proxy may have all",
        arguments: [
            ("one address", ["1.2.3.4", "1.2.3.4", "1.2.3.4"], 2),
            ("a mapped address", ["1.2.3.4", "::ffff:1.2.3.4", "1.2.3.4"], 2),
            ("several addresses", ["1.2.3.4", "1.2.3.5", "1.2.3.6"], 3),
            ("a network of IPv6", ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:0:0:1"], 2),
            ("two networks of IPv6", ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"], 3),
            ("a proxy", ["10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.3"], 4), ("itself", ["::1", "::1", "::1"], 3),
        ]
    )
    func share(name: String, addresses: [String], entered: Int) {
        let proxies = ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) }
        let connectionLimit = ConnectionLimit(limit: 10, share: .init(connections: 2, bytes: 100, proxies: proxies))
        let peers = addresses.compactMap { Self.peer(connectionLimit.enter(from: IPAddress($0))) }
        #expect(peers.count == entered)
        #expect(connectionLimit.count == entered)
        for peer in peers {
            connectionLimit.leave(peer)
        }
        #expect(connectionLimit.count == 0)
        #expect(connectionLimit.peerCount == 0)
    }

    private static func peer(_ decision: ConnectionLimit.Decision) -> Peer? {
        guard case .enter(let peer) = decision else { return nil }
        return peer
    }

    @Test(
        "a range holds its addresses",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "2001:db8::1", true), ("::/0", "8.8.8.8", true),
            ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("2001:db8::/65", "2001:db8::1", true),
            ("2001:db8::/65", "2001:db8:0:0:8000::1", false), ("::1/128", "::1", true), ("::1/128", "::2", false),
        ]
    )
    func range(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(
        "what is no range is refused",
        arguments: ["", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0", "host", "10.0.0.0/8/8"]
    )
    func noRange(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
