import CoreMetrics
import Synchronization

/// The identity of a series: a metric's name and its labels, in Prometheus' spelling.
struct SeriesIdentity: Hashable, Sendable {
    let name: String
    /// The labels as they are written between braces, in the order of their names; empty where there are none.
    let labels: String

    /// Spells a name and labels so that Prometheus takes them.
    ///
    /// Of two labels with one name the first counts.
    init(name: String, labels: [(String, String)], reservedLabel: String? = nil) {
        self.name = Self.spelled(name, allowing: UInt8(ascii: ":"))
        guard !labels.isEmpty else {
            self.labels = ""
            return
        }
        var values: [String: String] = [:]
        for (label, value) in labels {
            let spelled = Self.spelled(label, allowing: UInt8(ascii: "_"))
            let name = spelled == reservedLabel ? "exported_" + spelled : spelled
            if values[name] == nil {
                values[name] = value
            }
        }
        self.labels = values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(Self.escaped($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Text as Prometheus reads it behind `# HELP` or, with quotes escaped, in a label.
    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == slash || $0 == quote || $0 == lineFeed }) else {
            return text
        }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case slash: bytes += [slash, slash]
            case lineFeed: bytes += [slash, UInt8(ascii: "n")]
            case quote where quotes: bytes += [slash, quote]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let slash = UInt8(ascii: "\\")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")

    private static func spelled(_ name: String, allowing extra: UInt8) -> String {
        var bytes = name.utf8.map { isLetter($0) || isDigit($0) || $0 == extra ? $0 : UInt8(ascii: "_") }
        if bytes.first.map(isDigit) ?? true {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

/// The kind of a metric's series, as `# TYPE` says it.
enum SeriesKind: String, Sendable {
    case counter, gauge, histogram
}

/// The counts of one metric with one set of labels.
protocol Series: AnyObject, Sendable {
    static var kind: SeriesKind { get }

    var identity: SeriesIdentity { get }

    init(identity: SeriesIdentity)

    /// Writes its lines.
    func write(to text: inout MetricText)
}

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

/// The counts of values by range.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    static let kind = SeriesKind.histogram

    private struct State {
        var counts: [Int64]
        var sum = 0.0
    }

    let identity: SeriesIdentity
    private let bounds: [Double]
    private let state: Mutex<State>

    init(identity: SeriesIdentity) {
        self.identity = identity
        self.bounds = HistogramBounds.bounds(of: identity.name)
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1_000_000_000)
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        guard !value.isNaN else {
            return
        }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(to text: inout MetricText) {
        let state = state.withLock { $0 }
        var total: Int64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            total += count
            text.line(identity, suffix: "_bucket", upTo: bound, value: .count(total))
        }
        text.line(identity, suffix: "_sum", value: .figure(state.sum))
        text.line(identity, suffix: "_count", value: .count(total))
    }
}

/// The bounds between the ranges of a histogram.
enum HistogramBounds {
    /// Half a millisecond to a minute: from a commit on a fast disk to a handler that is about to time out.
    static let seconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// Powers of two, for what is counted in pieces.
    static let pieces = (0...16).map { Double(1 << $0) }

    static func bounds(of name: String) -> [Double] {
        name.hasSuffix("_seconds") ? seconds : pieces
    }
}

/// A floating-point number that many threads change without a lock.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: known) + amount
            let (done, seen) = bits.weakCompareExchange(expected: known, desired: sum.bitPattern, ordering: .relaxed)
            if done {
                return
            }
            known = seen
        }
    }
}
