import PostroomCore
import Testing

@testable import PostroomBench

@Suite("The load of a bench")
struct LoadTests {
    @Test("bodies have the size that was asked for, or the sample's own", arguments: [1, 600, 1024, 20_000])
    func size(bytes: Int) throws {
        let natural = try Load(bodyBytes: 1).body.count
        let load = try Load(bodyBytes: bytes)
        #expect(load.body.count == max(natural, bytes))
        #expect(load.body.last == UInt8(ascii: "}"))
    }

    @Test(
        "an object is filled up with one more member",
        arguments: [
            (#"{"a":1}"#, 25, #"{"a":1,"filler":"xxxxxx"}"#), (#"{"a":1}"#, 19, #"{"a":1}"#), ("[]", 100, "[]"),
            (#"{"a":1}"#, 20, #"{"a":1,"filler":"x"}"#),
        ]
    )
    func padding(body: String, size: Int, padded: String) {
        #expect(String(decoding: Load.padded(Array(body.utf8), to: size), as: UTF8.self) == padded)
    }

    @Test("every delivery has a key of its own, from which its number is found again")
    func keys() throws {
        let load = try Load(bodyBytes: 1)
        let keys = load.deliveries(load.numbers(3)) + load.deliveries(load.numbers(2))
        #expect(keys.map(\.identity.idempotencyKey) == (0..<5).map { "bench-\($0)" })
        #expect(delivery(key: "bench-17").flatMap(Load.number) == 17)
        #expect(delivery(key: "old-17").flatMap(Load.number) == nil)
    }

    @Test("one in so many deliveries is timed, once")
    func stamps() throws {
        let stamps = Stamps(every: 4)
        stamps.send(1..<4)
        stamps.send(4..<5)
        for number in [1, 3, 4, 4] {
            stamps.arrived(try #require(delivery(key: "bench-\(number)")))
        }
        let times = try #require(stamps.latencies.percentiles)
        #expect(times.p50 == times.p99)
        stamps.latencies.reset()
        #expect(stamps.latencies.percentiles == nil)
    }

    private func delivery(key: String) -> Delivery? {
        Delivery(
            id: DeliveryID(rawValue: 256),
            endpoint: "bench",
            source: .wacht,
            eventType: nil,
            idempotencyKey: key,
            receivedAt: Timestamp(rawValue: 0),
            headers: Headers(),
            body: []
        )
    }
}
