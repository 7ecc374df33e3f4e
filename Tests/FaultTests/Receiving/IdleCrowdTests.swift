import ProgramHarness
import Subprocess
import Testing

@Suite("Five thousand idle connections and a hundred slow senders", .timeLimit(.minutes(10)))
struct IdleCrowdTests {
    @Test(
        "leave healthy requests their latency and the process its memory, and are served when they wake up",
        .enabled("the process may not open 6,000 files") { IdleCrowd.canOpen(6000) }
    )
    func crowd() async throws {
        try await Scene.with { scene in
            let patient = ["POSTROOM_RECEIVER_HEAD_TIMEOUT": "60s"]
            try await scene.serve(role: "receiver", environment: patient) { receiver in
                let port = try await receiver.receiverPort()
                _ = try await slowest(Sender(port: port), "warm-up")
                let alone = try await slowest(Sender(port: port), "alone")
                try await IdleCrowd.with(5000, to: port) { idle in
                    try await IdleCrowd.with(100, to: port) { slow in
                        slow.send("POST /hooks/hooks HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
                        let beside = try await dripping(slow) {
                            try await slowest(Sender(port: port), "beside")
                        }
                        let memory = try await receiver.peakMemory()
                        print("p99 beside the crowd: \(beside), alone: \(alone); \(memory) MiB")
                        let limit: Duration = alone * 2 + .milliseconds(25)
                        #expect(beside < limit)
                        #expect(memory < 200)
                        #expect(idle.openCount == 5000)
                        #expect(slow.openCount == 100)
                    }
                    idle.send("GET /hooks/hooks HTTP/1.1\r\nHost: x\r\n\r\n")
                    try await eventually("idle connections are not served", within: .seconds(20)) {
                        idle.answered("HTTP/1.1 405") == 5000
                    }
                    #expect(try await receiver.stop() == .exited(0))
                }
            }
        }
    }

    /// The least of three 99th percentiles: what other programs of the machine do for a moment is in none of all three.
    private func slowest(_ sender: Sender, _ name: String) async throws -> Duration {
        var least = try await percentile(sender, "\(name)-1")
        for round in 2...3 { least = min(least, try await percentile(sender, "\(name)-\(round)")) }
        return least
    }

    /// The 99th percentile of the times that four hundred requests take, four at once.
    private func percentile(_ sender: Sender, _ name: String) async throws -> Duration {
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for lane in 0..<4 {
                group.addTask {
                    var times: [Duration] = []
                    for number in 0..<100 {
                        let start = ContinuousClock.now
                        try await sender.accept(key: "\(name)-\(lane)-\(number)")
                        times.append(.now - start)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        return times[times.count * 99 / 100 - 1]
    }

    /// Sends a byte from each of the slow now and then, until the body has ended.
    private func dripping<Value: Sendable>(_ slow: IdleCrowd, _ body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    slow.send("x")
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}
