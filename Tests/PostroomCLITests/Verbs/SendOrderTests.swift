import FoundationEssentials
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("Sending out of order, and with further headers")
struct SendOrderTests {
    @Test("every number comes once", arguments: [1, 2, 3, 4, 5, 16, 17, 100, 1000, 4097], [UInt64(0), 7, .max])
    func permutation(count: Int, seed: UInt64) {
        let order = SendOrder(count: count, seed: seed)
        let numbers = (0..<UInt64(count)).map(order.number)
        #expect(numbers.sorted() == Array(0..<UInt64(count)))
        if count >= 100 {
            let moved = zip(numbers, numbers.dropFirst()).count { $0 > $1 }
            #expect(moved > count / 4, "half of all neighbours should be out of order")
        }
    }

    @Test("the same seed gives the same order, another one another")
    func seeds() {
        let orders = [UInt64(1), 1, 2]
            .map { seed in
                (0..<UInt64(100)).map(SendOrder(count: 100, seed: seed).number)
            }
        #expect(orders[0] == orders[1])
        #expect(orders[0] != orders[2])
    }

    @Test("deliveries come out of the order of their events' times, each a second apart, and duplicates stay together")
    func times() throws {
        let samples = SendPlan.samples(in: 12, duplicateEvery: 4)
        #expect(samples == 9)
        let last = Date(timeIntervalSince1970: 1_780_000_000)
        let plan = SendPlan(
            source: .anthropic,
            eventType: "session.created",
            secret: Secret(DevSecrets(.builtIn).text(of: .anthropic) ?? ""),
            seed: 3,
            duplicateEvery: 4,
            isInvalid: false,
            madeAt: last,
            order: SendOrder(count: samples, seed: 3),
            samples: samples
        )
        let bodies = try (0..<12).map { try plan.request($0, now: last).body }
        let times = bodies.map { body in
            let text = String(decoding: body, as: UTF8.self)
            let start = text.firstRange(of: "\"created_at\":\"")
            return start.map { String(text[$0.upperBound...].prefix(20)) } ?? ""
        }
        let expected = (0..<9).map { last.addingTimeInterval(Double($0) - 8).formatted(.iso8601) }
        #expect(Set(times).sorted() == expected)
        #expect(times != times.sorted())
        for second in stride(from: 3, to: 12, by: 4) {
            #expect(bodies[second] == bodies[second - 1])
        }
    }

    @Test("a further header stands beside the sender's own, or in place of it")
    func headers() throws {
        var plan = SendPlan(
            source: .hmacSHA256,
            eventType: nil,
            secret: Secret(DevSecrets(.builtIn).text(of: .hmacSHA256) ?? ""),
            seed: 3,
            duplicateEvery: nil,
            isInvalid: false,
            madeAt: Date(timeIntervalSince1970: 0)
        )
        plan.headers = [
            SendHeader(name: "X-Tenant", value: "acme"), SendHeader(name: "User-Agent", value: "mine"),
            SendHeader(name: "X-Tenant", value: "b"),
        ]
        plan.signatureHeader = "X-Acme-Signature"
        let fields = Headers(try plan.request(0, now: Date(timeIntervalSince1970: 0)).headers).fields
        #expect(fields.map(\.name) == ["content-type", "X-Acme-Signature", "X-Tenant", "User-Agent", "X-Tenant"])
        #expect(fields.map(\.value).suffix(3) == ["acme", "mine", "b"])
        #expect(fields[1].value.hasPrefix("sha256="))
    }

    @Test("a header's value is not shown where it is refused")
    func secretValue() {
        let outcome = Outcome(["send", "wacht", "--header", "X-Token=s3cret\u{1}"])
        #expect(outcome.status == 64)
        #expect(outcome.message.contains("control characters") && !outcome.message.contains("s3cret"))
        #expect(!Outcome(["send", "wacht", "--header", "s3cret"]).message.contains("s3cret"))
    }
}
