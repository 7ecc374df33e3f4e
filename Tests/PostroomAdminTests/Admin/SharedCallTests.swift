import PostroomCore
import Synchronization
import Testing

@testable import PostroomAdmin

struct SharedCallTests {
    @Test("a call that hangs is not made twice, and is made again once it has ended")
    func hangingCall() async {
        let calls = Mutex(0)
        let begun = Observed<Void?>(nil)
        let release = Observed<Void?>(nil)
        let ended = Observed<Void?>(nil)
        let call = SharedCall {
            begun.set(())
            _ = await release.value()
            return calls.withLock { calls in
                calls += 1
                return calls
            }
        }
        let work = BackgroundWork()
        await withDiscardingTaskGroup { group in
            group.addTask { await work.run() }
            for _ in 0..<3 {
                let value = await call.value(within: .seconds(1), on: work, clock: StoppedClock(isOver: true))
                #expect(value == nil)
            }
            _ = await begun.value()
            release.set(())
            work.start { ended.set(()) }
            _ = await ended.value()
            // The first call may still be on its way out: joining it gives 1, a new one gives 2, never 3 or 4.
            let joined = await call.value(within: .seconds(1), on: work, clock: StoppedClock(isOver: false))
            #expect(joined == 1 || joined == 2)
            let next = await call.value(within: .seconds(1), on: work, clock: StoppedClock(isOver: false))
            #expect(next == (joined ?? 0) + 1)
            group.cancelAll()
        }
    }

    @Test("work that was handed over ends with its room")
    func cancelledWork() async {
        let work = BackgroundWork()
        let begun = Observed<Void?>(nil)
        let outcome = Observed<Bool?>(nil)
        await withDiscardingTaskGroup { group in
            group.addTask { await work.run() }
            work.start {
                begun.set(())
                _ = await Observed<Void?>(nil).value()
                outcome.set(Task.isCancelled)
            }
            _ = await begun.value()
            group.cancelAll()
        }
        #expect(await outcome.value() == true)
    }
}
