import CoreMetrics
import Synchronization

/// Metrics that can be read back, by label and dimensions.
final class MetricsLog: MetricsFactory {
    private final class Value: CounterHandler, RecorderHandler, TimerHandler, MeterHandler {
        let value = Mutex(0.0)
        func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
        func reset() { value.withLock { $0 = 0 } }
        func record(_ number: Int64) { value.withLock { $0 += Double(number) } }
        func record(_ number: Double) { value.withLock { $0 += number } }
        func recordNanoseconds(_ duration: Int64) { value.withLock { $0 += 1 } }
        func set(_ number: Int64) { value.withLock { $0 = Double(number) } }
        func set(_ number: Double) { value.withLock { $0 = number } }
        func increment(by amount: Double) { value.withLock { $0 += amount } }
        func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    }

    private let values = Mutex<[String: Value]>([:])

    /// The value of a metric such as `name{handler="mail"}`.
    subscript(name: String) -> Double {
        values.withLock { $0[name] }?.value.withLock { $0 } ?? 0
    }

    private func value(_ label: String, _ dimensions: [(String, String)]) -> Value {
        let list = dimensions.map { #"\#($0)="\#($1)""# }.joined(separator: ",")
        let name = dimensions.isEmpty ? label : "\(label){\(list)}"
        return values.withLock { values in
            let value = values[name] ?? Value()
            values[name] = value
            return value
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { value(label, dimensions) }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { value(label, dimensions) }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { value(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        value(label, dimensions)
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
