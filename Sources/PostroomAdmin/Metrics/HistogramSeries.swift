import CoreMetrics
import Synchronization

/// How often values fell into which range.
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

/// Where one range of a histogram ends and the next begins.
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
