import CoreMetrics

/// A number that goes up and down.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    static let kind = SeriesKind.gauge

    let identity: SeriesIdentity
    private let number = AtomicDouble()

    init(identity: SeriesIdentity) {
        self.identity = identity
    }

    func set(_ value: Int64) {
        number.set(Double(value))
    }

    func set(_ value: Double) {
        number.set(value)
    }

    func increment(by amount: Double) {
        number.add(amount)
    }

    func decrement(by amount: Double) {
        number.add(-amount)
    }

    func record(_ value: Int64) {
        number.set(Double(value))
    }

    func record(_ value: Double) {
        number.set(value)
    }

    func write(to text: inout MetricText) {
        text.line(identity, value: .figure(number.value))
    }
}
