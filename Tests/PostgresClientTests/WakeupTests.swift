import Testing

@testable import PostgresClient

@Suite("A wake-up of the poll loop")
struct WakeupTests {
    @Test("ends a poll until it is cleared", arguments: [1, 3, 64])
    func clears(signals: Int) {
        let wakeup = Wakeup()
        let isReadyBefore = isReady(wakeup)
        #expect(!isReadyBefore)
        for _ in 0..<signals { wakeup.signal() }
        let isReadyAfter = isReady(wakeup)
        #expect(isReadyAfter)
        wakeup.clear()
        let isReadyOnceCleared = isReady(wakeup)
        #expect(!isReadyOnceCleared)
    }

    @Test("never blocks its sender, and ends a poll also where more came than fit")
    func overflows() {
        let wakeup = Wakeup()
        for _ in 0..<100_000 { wakeup.signal() }
        let isReady = isReady(wakeup)
        #expect(isReady)
    }

    private func isReady(_ wakeup: borrowing Wakeup) -> Bool {
        var polled = PollSet()
        polled.append(wakeup.descriptor, .readable)
        let isWhole = polled.wait(0)
        return isWhole && polled[0].contains(.readable)
    }
}
