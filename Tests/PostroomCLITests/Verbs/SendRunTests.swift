import FoundationEssentials
import PostroomCore
import PostroomSources
import Synchronization
import Testing

@testable import PostroomCLI

@Suite("Sending")
struct SendRunTests {
    private static func plan(
        _ source: Source = .wacht,
        seed: UInt64 = 7,
        duplicateEvery: Int? = nil,
        isInvalid: Bool = false
    ) -> SendPlan {
        SendPlan(
            source: source,
            eventType: nil,
            secret: Secret(DevSecrets(.builtIn).text(of: source) ?? ""),
            seed: seed,
            duplicateEvery: duplicateEvery,
            isInvalid: isInvalid,
            madeAt: Date(timeIntervalSince1970: 1_780_000_000)
        )
    }

    private static func bodies(_ plan: SendPlan, _ count: Int) throws -> [[UInt8]] {
        try (0..<count).map { try plan.request($0, now: Date(timeIntervalSince1970: 1_780_000_000)).body }
    }

    @Test("the same seed makes the same requests, another one others")
    func seeds() throws {
        let first = try Self.bodies(Self.plan(), 5)
        #expect(first == (try Self.bodies(Self.plan(), 5)))
        #expect(first != (try Self.bodies(Self.plan(seed: 8), 5)))
        #expect(Set(first).count == 5)
    }

    @Test(
        "every n-th request repeats the one before it",
        arguments: [
            (2, [0, 0, 1, 1, 2, 2, 3, 3]), (3, [0, 1, 1, 2, 3, 3, 4, 5]), (nil, [0, 1, 2, 3, 4, 5, 6, 7]),
        ]
    )
    func duplicates(every: Int?, samples: [UInt64]) throws {
        let plan = Self.plan(duplicateEvery: every)
        #expect((0..<8).map(plan.sampleIndex) == samples)
        let bodies = try Self.bodies(plan, 8)
        #expect(Set(bodies).count == Set(samples).count)
    }

    @Test("a body that is given is sent as it is, signed, with the headers of its event type", arguments: [nil, 2])
    func givenBody(duplicateEvery: Int?) throws {
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        var plan = Self.plan(.github, duplicateEvery: duplicateEvery)
        plan.eventType = "push"
        plan.body = Array(#"{"ref": "refs/heads/ä"} "#.utf8)
        let verifier = try SourceRegistry.builtIn.verifier(for: .github, secrets: [plan.secret])
        let requests = try (0..<4).map { try plan.request($0, now: now) }
        for request in requests {
            #expect(request.body == plan.body)
            #expect(request.headers.contains { $0.name == "X-GitHub-Event" && $0.value == "push" })
            guard case .authentic = verifier.verify(request.received(at: plan.url), now: now) else {
                Issue.record("refused")
                continue
            }
        }
        let keys = Set(requests.map { $0.headers.first { $0.name == "X-GitHub-Delivery" }?.value })
        #expect(keys.count == (duplicateEvery == nil ? 4 : 2))
    }

    @Test("spoiled signatures are refused by the verifier", arguments: DevSecrets(.builtIn).all.map(\.source))
    func spoiled(source: Source) throws {
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        let request = try Self.plan(source, isInvalid: true).request(0, now: now)
        let verifier = try SourceRegistry.builtIn.verifier(
            for: source,
            secrets: [Secret(DevSecrets(.builtIn).text(of: source) ?? "")]
        )
        guard case .refused = verifier.verify(request.received(at: "http://127.0.0.1:8080/"), now: now) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("a secret that can't sign for the source is a mistake of usage, and is not shown")
    func badSecret() throws {
        let plan = SendPlan(
            source: .wacht,
            eventType: nil,
            secret: Secret("not base64!"),
            seed: 1,
            duplicateEvery: nil,
            isInvalid: false,
            madeAt: Date(timeIntervalSince1970: 0)
        )
        let failure = #expect(throws: CommandFailure.self) {
            try plan.request(0, now: Date(timeIntervalSince1970: 0))
        }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains("not base64!") == false)
    }

    @Test("every request is sent once, and never more at a time than allowed", arguments: [1, 4])
    func concurrency(limit: Int) async throws {
        let seen = Mutex((now: 0, most: 0, bodies: Set<[UInt8]>()))
        let run = SendRun(plan: Self.plan(), count: 50, concurrency: limit, rate: nil)
        let report = try await run.run { request in
            seen.withLock { seen in
                seen.now += 1
                seen.most = max(seen.most, seen.now)
                seen.bodies.insert(request.body)
            }
            await Task.yield()
            seen.withLock { $0.now -= 1 }
            return .answered(status: 200, body: [])
        }
        #expect(report.sent == 50)
        #expect(seen.withLock(\.bodies).count == 50)
        #expect(seen.withLock(\.most) <= limit)
        #expect(report.failure(target: "http://h") == nil)
    }

    @Test("requests are due at even intervals from the start")
    func pace() async throws {
        let moments = Mutex<[ContinuousClock.Instant]>([])
        var run = SendRun(plan: Self.plan(), count: 4, concurrency: 1, rate: SendRate.parse("2/s"))
        run.wait = { moment in moments.withLock { $0.append(moment) } }
        _ = try await run.run { _ in .answered(status: 200, body: []) }
        let dues = moments.withLock(\.self)
        #expect(dues.map { $0 - dues[0] } == [.zero, .milliseconds(500), .seconds(1), .milliseconds(1500)])
    }

    @Test("where nothing ever answers it gives up soon")
    func hopeless() async throws {
        let run = SendRun(plan: Self.plan(), count: 1000, concurrency: 1, rate: nil)
        let report = try await run.run { _ in .unanswered("Connection refused") }
        #expect(report.sent == 3)
        let failure = report.failure(target: "http://127.0.0.1:1/hooks/wacht")
        #expect(failure?.status == .tryAgain)
        #expect(failure?.message == "nothing answers at http://127.0.0.1:1/hooks/wacht: Connection refused")
    }

    @Test("where something has answered it goes on")
    func notHopeless() async throws {
        let number = Mutex(0)
        let run = SendRun(plan: Self.plan(), count: 20, concurrency: 1, rate: nil)
        let report = try await run.run { _ in
            let first = number.withLock { number in
                number += 1
                return number == 1
            }
            return first ? .answered(status: 200, body: []) : .unanswered("reset")
        }
        #expect(report.sent == 20)
        #expect(report.failure(target: "x")?.message == "19 of 20 answers were not 2xx: no answer: reset")
    }
}
