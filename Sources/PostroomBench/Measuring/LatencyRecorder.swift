import Histogram
import Synchronization

/// Times as they are measured, from any thread, from 1 µs to a minute within 0.1 %.
final class LatencyRecorder: Sendable {
    private let histogram = Mutex(Histogram<UInt64>(highestTrackableValue: 60_000_000))

    /// Adds times.
    func record(_ times: some Sequence<Duration>) {
        histogram.withLock { histogram in
            for time in times {
                let (seconds, attoseconds) = time.components
                let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
                _ = histogram.record(UInt64(clamping: min(max(microseconds, 1), 60_000_000)))
            }
        }
    }

    /// Forgets what was measured so far.
    func reset() {
        histogram.withLock { $0.reset() }
    }

    /// The latencies that were measured so far, or `nil` where none was.
    var percentiles: Percentiles? {
        histogram.withLock { histogram in
            guard histogram.totalCount > 0 else { return nil }
            func at(_ percentile: Double) -> Duration {
                .microseconds(Int64(clamping: histogram.valueAtPercentile(percentile)))
            }
            return Percentiles(p50: at(50), p90: at(90), p99: at(99))
        }
    }
}

/// The latencies of half, of most, and of nearly all.
package struct Percentiles: Hashable, Sendable {
    /// Half took no longer.
    package let p50: Duration
    /// Nine in ten took no longer.
    package let p90: Duration
    /// Ninety-nine in a hundred took no longer.
    package let p99: Duration
}
