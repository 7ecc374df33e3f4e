import CoreMetrics
import Synchronization

/// Metrics that a test can read.
final class TestMetrics: MetricsFactory {
    private let values = Mutex<[String: Double]>([:])
    private let falls = Mutex<[String: Int]>([:])
    private let made = Mutex<[String: Int]>([:])

    /// A value by its name in Prometheus' spelling, for example `requests{endpoint="a",answer="b"}`.
    subscript(name: String) -> Double {
        values.withLock { $0[name] ?? 0 }
    }

    /// The times that a gauge was set to less than it stood at, however briefly.
    func falls(of name: String) -> Int {
        falls.withLock { $0[name] ?? 0 }
    }

    /// The metrics that were made more than once, which a hot path must not do.
    var madeTwice: [String] {
        made.withLock { $0.filter { $0.value > 1 }.map(\.key) }
    }

    private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        let list = dimensions.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
        let name = list.isEmpty ? label : "\(label){\(list)}"
        made.withLock { $0[name, default: 0] += 1 }
        return Handler(name: name, metrics: self)
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handler(label, dimensions)
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        handler(label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        handler(label, dimensions)
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    final class Handler: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
        private let name: String
        private let metrics: TestMetrics

        init(name: String, metrics: TestMetrics) {
            self.name = name
            self.metrics = metrics
        }

        private func add(_ amount: Double) {
            metrics.values.withLock { $0[name, default: 0] += amount }
        }

        func set(_ value: Double) {
            let before = metrics.values.withLock { $0.updateValue(value, forKey: name) }
            if let before, value < before {
                metrics.falls.withLock { $0[name, default: 0] += 1 }
            }
        }

        func increment(by amount: Int64) { add(Double(amount)) }
        func reset() {}
        func set(_ value: Int64) { set(Double(value)) }
        func increment(by amount: Double) { add(amount) }
        func decrement(by amount: Double) { add(-amount) }
        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }
        func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1_000_000_000) }
    }
}
