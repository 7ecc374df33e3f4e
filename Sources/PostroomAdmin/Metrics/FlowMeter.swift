package import CoreMetrics
import Synchronization

/// Counts once more, for people, what tells how much goes through: requests, refusals, attempts with their durations, and deaths.
///
/// Everything that is made with it is made by the factory behind it too. A count costs one addition more.
package final class FlowMeter: MetricsFactory {
    /// One count, since it was taken last.
    package struct Amount: Hashable, Sendable {
        /// The kind: `request`, `refusal`, `attempt`, `death` or `duration`.
        package let kind: String
        /// The endpoint or handler.
        package let name: String
        /// The answer, reason or outcome; of a duration the bit length of its microseconds.
        package let detail: String
        /// The number of times.
        package let amount: Int
    }

    /// The metrics that are counted once more, with the dimensions that name and detail come from.
    private static let counters: [String: (kind: String, name: String, detail: String)] = [
        "postroom_intake_requests_total": ("request", "endpoint", "answer"),
        "postroom_intake_refusals_total": ("refusal", "endpoint", "reason"),
        "postroom_attempts_total": ("attempt", "handler", "outcome"),
        "postroom_dead_letters_total": ("death", "handler", "reason"),
    ]

    private let base: any MetricsFactory
    private struct Key: Hashable {
        let kind: String
        let name: String
        let detail: String
    }

    private let tallies = Mutex<[Key: Tally]>([:])
    private let slowed = Mutex<Set<String>>([])

    /// Counts beside a factory.
    ///
    /// - Parameter base: The factory that everything is made by too.
    package init(beside base: any MetricsFactory) {
        self.base = base
    }

    /// Takes the counts since they were taken last, without those that are zero.
    package func take() -> [Amount] {
        tallies.withLock { Array($0.values) }.compactMap { $0.take() }
    }

    /// Counts again what could not be told.
    ///
    /// - Parameter amounts: What ``take()`` gave.
    package func putBack(_ amounts: [Amount]) {
        for amount in amounts {
            tally(amount.kind, amount.name, amount.detail).add(Int64(amount.amount))
        }
    }

    /// The handlers that run one attempt at a time now, by name.
    package var slowedHandlers: [String] {
        slowed.withLock { $0.sorted() }
    }

    private func tally(_ kind: String, _ name: String, _ detail: String) -> Tally {
        tallies.withLock { tallies in
            let key = Key(kind: kind, name: name, detail: detail)
            if let known = tallies[key] {
                return known
            }
            let tally = Tally(kind: kind, name: name, detail: detail)
            tallies[key] = tally
            return tally
        }
    }

    fileprivate func set(_ handler: String, isSlowed: Bool) {
        slowed.withLock { slowed in
            if isSlowed {
                slowed.insert(handler)
            } else {
                slowed.remove(handler)
            }
        }
    }
}

/// The factory that the receiver and the worker ask.
extension FlowMeter {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let handler = base.makeCounter(label: label, dimensions: dimensions)
        guard let tracked = Self.counters[label], let name = dimensions.value(tracked.name),
            let detail = dimensions.value(tracked.detail)
        else { return handler }
        return TalliedCounter(base: handler, tally: tally(tracked.kind, name, detail))
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        base.makeFloatingPointCounter(label: label, dimensions: dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let handler = base.makeMeter(label: label, dimensions: dimensions)
        guard label == "postroom_handler_slowed", let name = dimensions.value("handler") else { return handler }
        return SlowedMeter(base: handler, handler: name, flow: self)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        base.makeRecorder(label: label, dimensions: dimensions, aggregate: aggregate)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let handler = base.makeTimer(label: label, dimensions: dimensions)
        guard label == "postroom_attempt_seconds", let name = dimensions.value("handler") else { return handler }
        return TalliedTimer(base: handler, tallies: (0...40).map { tally("duration", name, "\($0)") })
    }

    package func destroyCounter(_ handler: any CounterHandler) {
        base.destroyCounter((handler as? TalliedCounter)?.base ?? handler)
    }

    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        base.destroyFloatingPointCounter(handler)
    }

    package func destroyMeter(_ handler: any MeterHandler) {
        base.destroyMeter((handler as? SlowedMeter)?.base ?? handler)
    }

    package func destroyRecorder(_ handler: any RecorderHandler) {
        base.destroyRecorder(handler)
    }

    package func destroyTimer(_ handler: any TimerHandler) {
        base.destroyTimer((handler as? TalliedTimer)?.base ?? handler)
    }
}

extension [(String, String)] {
    fileprivate func value(_ name: String) -> String? {
        first { $0.0 == name }?.1
    }
}

/// A count that is taken away whenever it is told.
private final class Tally: Sendable {
    let kind: String
    let name: String
    let detail: String
    private let count = Atomic<Int64>(0)

    init(kind: String, name: String, detail: String) {
        self.kind = kind
        self.name = name
        self.detail = detail
    }

    func add(_ amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func take() -> FlowMeter.Amount? {
        let amount = count.exchange(0, ordering: .relaxed)
        return amount > 0 ? .init(kind: kind, name: name, detail: detail, amount: Int(amount)) : nil
    }
}

private final class TalliedCounter: CounterHandler {
    let base: any CounterHandler
    private let tally: Tally

    init(base: any CounterHandler, tally: Tally) {
        self.base = base
        self.tally = tally
    }

    func increment(by amount: Int64) {
        base.increment(by: amount)
        tally.add(amount)
    }

    func reset() {
        base.reset()
    }
}

private final class TalliedTimer: TimerHandler {
    let base: any TimerHandler
    private let tallies: [Tally]

    init(base: any TimerHandler, tallies: [Tally]) {
        self.base = base
        self.tallies = tallies
    }

    func recordNanoseconds(_ duration: Int64) {
        base.recordNanoseconds(duration)
        let bits = Int64.bitWidth - max(duration / 1000, 0).leadingZeroBitCount
        tallies[min(bits, tallies.count - 1)].add(1)
    }

    func preferDisplayUnit(_ unit: TimeUnit) {
        base.preferDisplayUnit(unit)
    }
}

private final class SlowedMeter: MeterHandler {
    let base: any MeterHandler
    private let handler: String
    private let flow: FlowMeter

    init(base: any MeterHandler, handler: String, flow: FlowMeter) {
        self.base = base
        self.handler = handler
        self.flow = flow
    }

    func set(_ value: Int64) {
        base.set(value)
        flow.set(handler, isSlowed: value > 0)
    }

    func set(_ value: Double) {
        base.set(value)
        flow.set(handler, isSlowed: value > 0)
    }

    func increment(by amount: Double) {
        base.increment(by: amount)
    }

    func decrement(by amount: Double) {
        base.decrement(by: amount)
    }
}
