import PostroomCore
import Synchronization
import Testing

@Suite("Waiting and waking")
struct SignallingTests {
    @Test("a signal that was raised before the wait ends it, once")
    func signal() async {
        let signal = Signal()
        signal.raise()
        signal.raise()
        await signal.wait()
        let isRaisedAgain = await withTimeLimit(.milliseconds(20)) { await signal.wait() } != nil
        #expect(!isRaisedAgain)
    }

    @Test("a broadcast reaches every stream, and calls that were not taken are one")
    func broadcast() async {
        let broadcast = Broadcast()
        let streams = [broadcast.stream(), broadcast.stream()]
        broadcast.send()
        broadcast.send()
        broadcast.finish()
        for stream in streams {
            #expect(await stream.reduce(0) { count, _ in count + 1 } == 1)
        }
        #expect(await broadcast.stream().reduce(0) { count, _ in count + 1 } == 0, "it was finished")
    }

    @Test("an observed value wakes those whose condition holds, and only those")
    func observed() async {
        let number = Observed(0)
        let order = Order()
        await withTaskGroup { group in
            for bound in [2, 1] {
                group.addTask {
                    #expect(await number.wait(until: { $0 >= bound }))
                    order.append(bound)
                    number.update { $0 += 1 }
                }
            }
            number.update { $0 += 1 }
        }
        #expect(order.numbers == [1, 2])
        #expect(number.current == 3)
    }

    /// Numbers in the order in which tasks came by.
    private final class Order: Sendable {
        private let mutex = Mutex<[Int]>([])

        var numbers: [Int] { mutex.withLock(\.self) }

        func append(_ number: Int) {
            mutex.withLock { $0.append(number) }
        }
    }

    @Test("a wait ends when its task is cancelled, before it or during it")
    func cancelledWait() async {
        let never = Observed<Int?>(nil)
        let value = await withTaskGroup(of: Int?.self) { group in
            group.addTask { await never.value() }
            group.cancelAll()
            group.addTask { await never.value() }
            return await group.reduce(into: nil) { $0 = $0 ?? $1 }
        }
        #expect(value == nil)
        #expect(await never.wait(atMost: .milliseconds(1), until: { $0 != nil }) == false)
    }

    @Test("a wait that is cancelled at any moment ends without a value")
    func cancelledAtAnyMoment() async {
        let never = Observed<Int?>(nil)
        for _ in 0..<200 {
            await withTaskGroup(of: Int?.self) { group in
                group.addTask { await never.value() }
                await Task.yield()
                group.cancelAll()
                for await value in group {
                    #expect(value == nil)
                }
            }
        }
    }

    @Test("the first value that is set goes to all who wait, before and after")
    func firstValue() async {
        let number = Observed<Int?>(nil)
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<8 {
                group.addTask { await number.value() }
            }
            number.set(1)
            number.set(2)
            for await value in group {
                #expect(value == 1)
            }
        }
        #expect(await number.value() == 1)
    }
}

@Suite("A time limit")
struct TimeLimitTests {
    private struct Failure: Error {}

    @Test("work that ends in time gives its result or throws its error")
    func inTime() async {
        #expect(await withTimeLimit(.seconds(60)) { 7 } == 7)
        await #expect(throws: Failure.self) {
            _ = try await withTimeLimit(.seconds(60)) { () async throws -> Int in throw Failure() }
        }
    }

    @Test("work that takes too long is cancelled")
    func tooLong() async {
        let wasCancelled = Mutex(false)
        let result: Void? = await withTimeLimit(.seconds(60), sleep: { _ in }) {
            try? await Task.sleep(for: .seconds(60))
            wasCancelled.withLock { $0 = Task.isCancelled }
        }
        #expect(result == nil)
        let wasSeen = wasCancelled.withLock(\.self)
        #expect(wasSeen)
    }
}
