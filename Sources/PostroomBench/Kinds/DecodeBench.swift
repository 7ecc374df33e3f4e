import FoundationEssentials
import PostroomCore
import PostroomSources

/// The cost of a delivery before and beside the database: its source's rules, and its Swift type.
struct DecodeBench: Sendable {
    let options: BenchOptions
    let tools: BenchTools

    /// The delivery with which an event type is measured.
    private struct Sample {
        let event: Event
        let type: (any WebhookEvent.Type)?
    }

    @concurrent
    func run() async -> BenchReport {
        var report = BenchReport(kind: .decode)
        report.settings = [.init("bodies", "one sample of every event type, as its source writes it")]
        report.machine = MachineFacts.ofMachine
        let time = options.duration / (SourceRegistry.builtIn.definitions.count * 3)
        for definition in SourceRegistry.builtIn.definitions where !Task.isCancelled {
            tools.progress("decoding \(definition.source)")
            report.decoding.append(figures(of: definition.source, samples(of: definition.source), time))
        }
        return report
    }

    private func figures(
        of source: Source,
        _ samples: [Sample],
        _ time: Duration
    ) -> BenchReport.DecodeFigures {
        let rules = SourceRegistry.builtIn.rules(for: source)
        let typed = samples.filter { $0.type != nil }
        return BenchReport.DecodeFigures(
            source: source.rawValue,
            eventTypes: samples.count,
            bodyBytes: samples.reduce(0) { $0 + $1.event.body.count } / max(1, samples.count),
            identifyMicroseconds: microseconds(samples, time) { sample in
                Self.keep(rules.identify(headers: sample.event.delivery.headers, body: sample.event.body))
            },
            detailsMicroseconds: microseconds(samples, time) { sample in
                Self.keep(rules.details(of: sample.event.delivery))
            },
            decodeMicroseconds: typed.isEmpty
                ? nil : microseconds(typed, time) { Self.keep(try? $0.type?.init(decoding: $0.event)) }
        )
    }

    /// The average processor time of a body, over all samples, as often as the time allows.
    private func microseconds(_ samples: [Sample], _ time: Duration, _ body: (Sample) -> Void) -> Double {
        let start = ContinuousClock.now
        // Nothing is awaited in here, so it stays on one thread, and others' work does not count.
        let used = ProcessUsage.ownThread
        var rounds = 0
        repeat {
            for sample in samples {
                body(sample)
            }
            rounds += 1
        } while ContinuousClock.now - start < time
        return (ProcessUsage.ownThread - used) / .microseconds(1) / Double(rounds * max(1, samples.count))
    }

    /// Something that the optimiser can't see through, so that it leaves the work in place.
    @inline(never)
    private static func keep<Value>(_ value: Value) {
        withExtendedLifetime(value) {}
    }

    private func samples(of source: Source) -> [Sample] {
        let makers = SampleDeliveries(seed: 1)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let entries = SourceRegistry.builtIn.events(of: source)
        let types: [String?] = entries.isEmpty ? [nil] : entries.map(\.eventType)
        return types.enumerated()
            .compactMap { index, eventType in
                guard let sample = makers.sample(source, eventType, index: UInt64(index), now: now) else { return nil }
                let delivery = Delivery(
                    id: DeliveryID(rawValue: 256),
                    endpoint: "bench",
                    source: source,
                    eventType: sample.eventType,
                    idempotencyKey: sample.id,
                    receivedAt: Timestamp(rawValue: 0),
                    headers: Headers([("content-type", "application/json"), ("webhook-id", sample.id)]),
                    body: sample.body
                )
                let event = Event(delivery: delivery, rules: SourceRegistry.builtIn.rules(for: source))
                return Sample(event: event, type: entries.isEmpty ? nil : entries[index].swiftType)
            }
    }
}
