import CoreMetrics
import NIOCore
import Synchronization

/// The time for which an endpoint has accepted nothing, beside the time within which something is expected.
///
/// A producer that stopped sending looks like one that has nothing to send; only a person knows which it is. Where the
/// endpoint says how often something comes, both times are metrics, and an alert compares them.
final class EndpointSilence: Sendable {
    private let lastAccepted: Atomic<UInt64>
    private let silence: Meter

    /// Begins with the process, as if something had just been accepted: a restart is no silence of the producer.
    init(endpoint: String, expected: Duration, factory: any MetricsFactory, at now: NIODeadline = .now()) {
        self.lastAccepted = Atomic(now.uptimeNanoseconds)
        let labels = [("endpoint", endpoint)]
        self.silence = Meter(label: "postroom_endpoint_silence_seconds", dimensions: labels, factory: factory)
        self.silence.set(0)
        Meter(label: "postroom_endpoint_expected_seconds", dimensions: labels, factory: factory)
            .set(expected / .seconds(1))
    }

    /// Takes note that something was accepted.
    func accepted(at now: NIODeadline) {
        lastAccepted.store(now.uptimeNanoseconds, ordering: .relaxed)
    }

    /// Says for how long nothing was.
    func tell(at now: NIODeadline) {
        let last = NIODeadline.uptimeNanoseconds(lastAccepted.load(ordering: .relaxed))
        silence.set(max(0, Double((now - last).nanoseconds) / 1e9))
    }
}
