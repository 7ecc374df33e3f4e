import PostroomCore
import Synchronization

/// The times at which deliveries were sent, to measure how long they took to their first handler.
final class Stamps: Sendable {
    /// The latencies of the deliveries that arrived.
    let latencies = LatencyRecorder()
    private let interval: Int
    private let sent = Mutex<[Int: ContinuousClock.Instant]>([:])
    private let arrival: @Sendable (Int) -> Void

    /// Describes what is measured.
    ///
    /// - Parameters:
    ///   - interval: Every so many deliveries one is measured; measuring all would be a load of its own.
    ///   - arrival: Is told of each that arrived.
    init(every interval: Int, arrival: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.interval = interval
        self.arrival = arrival
    }

    /// Notes that the deliveries with these numbers are sent now.
    func send(_ numbers: Range<Int>) {
        let now = ContinuousClock.now
        let first = (numbers.lowerBound + interval - 1) / interval * interval
        guard numbers.contains(first) else { return }
        sent.withLock { sent in
            for number in stride(from: first, to: numbers.upperBound, by: interval) {
                sent[number] = now
            }
        }
    }

    /// Notes that a delivery's first handler starts now.
    func arrived(_ delivery: Delivery) {
        guard let number = Load.number(of: delivery), number % interval == 0 else { return }
        let now = ContinuousClock.now
        guard let start = sent.withLock({ $0.removeValue(forKey: number) }) else { return }
        latencies.record([now - start])
        arrival(number)
    }
}
