import PostroomCore
import Synchronization
import TestSupport
import Testing

@testable import PostroomWorker

@Suite("A handler that fails all the time")
struct BreakerTests {
    private func breaker(failures: Int) -> CircuitBreaker {
        var breaker = CircuitBreaker(slots: 8)
        for _ in 0..<failures {
            _ = breaker.note(.failure, at: .zero)
        }
        return breaker
    }

    @Test("is slowed after twenty failures in a row, and not before")
    func opens() {
        var breaker = breaker(failures: 19)
        #expect(!breaker.isOpen)
        #expect(breaker.limit == 8)
        #expect(breaker.note(.failure, at: .zero) == .opened)
        #expect(breaker.limit == 1)
        #expect(breaker.pause(at: .milliseconds(4)) == .milliseconds(6))
        #expect(breaker.pause(at: .milliseconds(10)) == .zero)
    }

    @Test("is not slowed where a success comes in between, or the failures say nothing of it")
    func staysClosed() {
        var breaker = breaker(failures: 19)
        #expect(breaker.note(.success, at: .zero) == nil)
        for _ in 0..<19 {
            #expect(breaker.note(.failure, at: .zero) == nil)
        }
        for _ in 0..<100 {
            #expect(breaker.note(.none, at: .zero) == nil)
        }
        #expect(!breaker.isOpen)
    }

    @Test("doubles its attempts with each success, and starts again at the next failure")
    func recovers() {
        var breaker = breaker(failures: 20)
        var limits: [Int] = []
        for _ in 0..<2 {
            #expect(breaker.note(.success, at: .zero) == nil)
            limits.append(breaker.limit)
        }
        #expect(limits == [2, 4])
        #expect(breaker.note(.failure, at: .zero) == nil)
        #expect(breaker.limit == 1)
        let changes = (0..<3).map { _ in breaker.note(.success, at: .zero) }
        #expect(changes == [nil, nil, .closed])
        #expect(breaker.limit == 8)
    }

    @Test("runs one attempt at a time, delays no other handler, and is at full speed after the repair")
    func slowed() async throws {
        let isRepaired = Mutex(false)
        let atOnce = Mutex((now: 0, most: 0))
        let healthy = Journal()
        let slowed = #"postroom_handler_slowed{handler="broken"}"#
        let retries = #"postroom_attempts_total{handler="broken",outcome="retried"}"#
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 8
        } handlers: { handlers in
            let retry = RetryPolicy.constant(maximumAttempts: 1000, delay: .zero)
            handlers.on(.everything, named: "broken", retry: retry) { _, _ in
                if !isRepaired.withLock({ $0 }) {
                    throw HandlerError.retry(after: .zero)
                }
                atOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for _ in 0..<20 {
                    await Task.yield()
                }
                atOnce.withLock { $0.now -= 1 }
            }
            handlers.on(.everything, named: "healthy") { _, context in healthy.note(context) }
        }
        try await rig.run { rig in
            for number in 0..<30 {
                try await rig.post((0..<100).map { "\(number)-\($0)" })
            }
            try await rig.until("it is slowed", advancing: .milliseconds(10)) {
                rig.metrics[slowed] == 1
            }
            try await rig.until("the other is through", advancing: .milliseconds(10)) { healthy.entries.count == 3000 }
            let retried = rig.metrics[retries]
            await rig.pass(.seconds(5))
            let later = rig.metrics[retries]
            #expect(later > retried, "it is still tried")
            #expect(later - retried <= 500, "at most one attempt in ten milliseconds")
            isRepaired.withLock { $0 = true }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(atOnce.withLock { $0.most } > 1, "full speed after the repair")
            try await rig.until("it says so", advancing: .milliseconds(100)) { rig.metrics[slowed] == 0 }
        }
    }
}
