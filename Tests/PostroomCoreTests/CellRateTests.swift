import PostroomCore
import Testing

@Suite("The cells of a rate")
struct CellRateTests {
    static let rates: [AttemptRate] = [
        .perSecond(1), .perSecond(10), .perSecond(1000), .perMinute(1), .perMinute(5), .perMinute(100),
        .perMinute(6000),
        .perHour(1), .perHour(1000), AttemptRate(100, per: .seconds(10)), AttemptRate(7, per: .seconds(3)),
    ]

    /// Takes all that is free at moments that the step leads to, and returns when the attempts begin.
    private func starts(_ rate: AttemptRate, step: Duration, delays: [Duration]) -> [Duration] {
        let cells = CellRate(rate)
        let origin = Timestamp(rawValue: 800_000_000_000_000)
        var next: Timestamp?
        var starts: [Duration] = []
        var now = Duration.zero
        var turn = 0
        while now < rate.period * 3, starts.count < rate.attempts * 3 {
            let supply = cells.supply(next, at: origin + now)
            if supply.free > 0 {
                next = cells.state(taking: supply.free, of: supply)
                starts += Array(repeating: now + min(cells.life, delays[turn % delays.count]), count: supply.free)
                turn += 1
            }
            now += step
        }
        return starts.sorted()
    }

    @Test("no window of the period holds more attempts than the rate allows", arguments: rates)
    func window(rate: AttemptRate) {
        let cells = CellRate(rate)
        for step in [cells.interval / 3, cells.interval, rate.period / 7] {
            for delays in [[.zero], [cells.life, .zero], [cells.life / 2, cells.life, .zero]] {
                let starts = starts(rate, step: step, delays: delays)
                for index in starts.indices.dropFirst(rate.attempts) {
                    // The attempt that is one too many for the window begins after it.
                    #expect(starts[index] - starts[index - rate.attempts] > rate.period, "\(rate) \(step)")
                }
            }
        }
    }

    @Test("a rate is used up to nine tenths where somebody always asks", arguments: rates)
    func use(rate: AttemptRate) {
        let cells = CellRate(rate)
        #expect(Double(rate.attempts) * (cells.interval / rate.period) < 1 / 0.9)
    }

    @Test(
        "cells that nobody took are not saved up beyond the burst, and a clock that was set back loses no more than that"
    )
    func clock() {
        let cells = CellRate(.perMinute(100))
        let now = Timestamp(rawValue: 800_000_000_000_000)
        #expect(cells.burst == 2)
        #expect(cells.supply(nil, at: now).free == 2)
        #expect(cells.supply(now + .seconds(-3600), at: now).free == 2)
        #expect(cells.supply(now + cells.interval, at: now).free == 1)
        #expect(cells.supply(now + .seconds(3600), at: now).free == 0)
        let later = now + cells.interval * 2
        let supply = cells.supply(now + .seconds(3600), at: later)
        #expect(cells.state(taking: 0, of: supply) == later + cells.interval * 2)
    }

    @Test("the wait ends when a cell is free")
    func wait() {
        for rate in Self.rates {
            let cells = CellRate(rate)
            let now = Timestamp(rawValue: 800_000_000_000_000)
            let supply = cells.supply(nil, at: now)
            let next = cells.state(taking: supply.free, of: supply)
            let wait = cells.wait(next, at: now)
            #expect(wait > .zero)
            #expect(cells.supply(next, at: now + wait).free == 1, "\(rate)")
            #expect(cells.supply(next, at: now + (wait - .microseconds(1))).free == 0, "\(rate)")
        }
    }
}
