import CoreMetrics
import Synchronization

/// A number that only goes up, until the process ends.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    static let kind = SeriesKind.counter

    let identity: SeriesIdentity
    private let whole = Atomic<Int64>(0)
    private let broken = AtomicDouble()

    init(identity: SeriesIdentity) {
        self.identity = identity
    }

    func increment(by amount: Int64) {
        if amount > 0 {
            whole.wrappingAdd(amount, ordering: .relaxed)
        }
    }

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite {
            broken.add(amount)
        }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        broken.set(0)
    }

    func write(to text: inout MetricText) {
        let fraction = broken.value
        let count = whole.load(ordering: .relaxed)
        text.line(identity, value: fraction == 0 ? .count(count) : .figure(Double(count) + fraction))
    }
}
