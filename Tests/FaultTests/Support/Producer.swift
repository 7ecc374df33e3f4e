import FoundationEssentials
import ProgramHarness
import Synchronization

/// A sender that keeps a ledger: it repeats what was not accepted, as senders do, and writes down every answer.
final class Producer: Sendable {
    /// The answers that it got.
    struct Ledger: Sendable {
        /// The deliveries by their keys, as the receiver named them in its first 200.
        var accepted: [String: Int64] = [:]
        /// The number of times that each status came; 0 stands for no answer at all.
        var answers: [Int: Int] = [:]
        /// The 200s that said that the delivery was known.
        var duplicates = 0
        /// The 503s that did not say when to come again.
        var withoutRetryAfter = 0
        /// Keys whose 200s named different deliveries.
        var renamed: [String] = []
        /// The time of the last 200.
        var lastAccepted: ContinuousClock.Instant?
    }

    private let port = Mutex<Int?>(nil)
    private let state = Mutex(Ledger())
    private let pause: Duration

    /// Makes one that waits for the pause before it repeats something.
    init(port: Int? = nil, pause: Duration = .milliseconds(20)) {
        self.pause = pause
        self.port.withLock { $0 = port }
    }

    var ledger: Ledger { state.withLock(\.self) }

    /// The address of the receiver, or `nil` while there is none.
    func turn(to port: Int?) {
        self.port.withLock { $0 = port }
    }

    /// Sends each key until it is accepted.
    func send(
        _ keys: [String],
        atOnce width: Int = 16,
        within limit: Duration = .seconds(60),
        body: @escaping @Sendable (String) -> String? = { _ in nil }
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, key) in keys.enumerated() {
                if index >= width {
                    try await group.next()
                }
                group.addTask { try await self.sendUntilAccepted(key, within: limit, body: body(key)) }
            }
            try await group.waitForAll()
        }
    }

    /// Sends keys that begin with the name, in some lanes one after the other, until the body has ended.
    func send<Value>(
        named name: String,
        atOnce width: Int = 4,
        every pause: Duration = .zero,
        during body: () async throws -> Value
    ) async throws -> Value {
        let isOver = Flag()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<width {
                group.addTask {
                    var number = 0
                    while !isOver.isRaised {
                        number += 1
                        try await self.sendUntilAccepted("\(name)-\(lane)-\(number)", within: .seconds(60))
                        try await Task.sleep(for: pause)
                    }
                }
            }
            do {
                let value = try await body()
                isOver.raise()
                try await group.waitForAll()
                return value
            } catch {
                isOver.raise()
                group.cancelAll()
                throw error
            }
        }
    }

    /// Sends once.
    @discardableResult
    func sendOnce(_ key: String, body: String? = nil) async -> Int {
        guard let port = port.withLock(\.self) else { return note(key, nil) }
        return note(key, try? await Sender(port: port).send(key: key, body: body))
    }

    private func sendUntilAccepted(_ key: String, within limit: Duration, body: String? = nil) async throws {
        let end = ContinuousClock.now + limit
        while await sendOnce(key, body: body) != 200 {
            guard .now < end else { throw Unexpected("after \(limit), \(key) is not accepted: \(ledger.answers)") }
            try await Task.sleep(for: pause)
        }
    }

    private func note(_ key: String, _ answer: Sender.Answer?) -> Int {
        let status = answer?.status ?? 0
        state.withLock { ledger in
            ledger.answers[status, default: 0] += 1
            if status == 503, answer?.header("Retry-After").flatMap({ Int($0) }) ?? 0 <= 0 {
                ledger.withoutRetryAfter += 1
            }
            guard status == 200, let id = answer?.id else { return }
            ledger.duplicates += answer?.isDuplicate == true ? 1 : 0
            ledger.lastAccepted = .now
            if let first = ledger.accepted.updateValue(id, forKey: key), first != id {
                ledger.renamed.append(key)
            }
        }
        return status
    }
}

/// Raised once, seen by all.
final class Flag: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock(\.self) }

    func raise() {
        value.withLock { $0 = true }
    }
}
