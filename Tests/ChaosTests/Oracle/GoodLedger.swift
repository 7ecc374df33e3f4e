import PostroomCore

@testable import PostroomChaos

/// A small run in which everything is as it should be, to be spoiled.
enum GoodLedger {
    static let start = Timestamp(rawValue: 800_000_000_000_000)
    static let worker = WorkerID(rawValue: 7)
    static let life = LifeID(node: 1, life: 1)
    static let killed = LifeID(node: 2, life: 1)
    static let bearer = DeliveryID(rawValue: 256)
    static let order = DeliveryID(rawValue: 512)
    static let handled = Pair(delivery: bearer, handler: ChaosHandlers.quick)
    static let failedOnce = Pair(delivery: bearer, handler: ChaosHandlers.flaky)
    static let undecodable = Pair(delivery: order, handler: ChaosHandlers.typed)
    static let effect = Pair(delivery: order, handler: ChaosHandlers.effect)
    static let toxic = DeliveryID(rawValue: 768)
    static let poison = Pair(delivery: toxic, handler: ChaosHandlers.poison)
    /// The lives that the poison ended, with their workers.
    static let poisoned = (1...4).map { (LifeID(node: 3, life: $0), WorkerID(rawValue: Int64(20 + $0))) }

    /// The moment so many milliseconds after the start.
    static func at(_ milliseconds: Int) -> Timestamp {
        start + .milliseconds(milliseconds)
    }

    static func run(
        _ pair: Pair,
        _ attempt: Int = 1,
        in life: LifeID = life,
        at milliseconds: Int = 100,
        _ outcome: RunJournal.Outcome? = .handled
    ) -> HandlerRun {
        HandlerRun(
            pair: pair,
            attempt: attempt,
            life: life,
            began: at(milliseconds),
            end: outcome.map { (at(milliseconds + 5), $0) }
        )
    }

    static func row(_ pair: Pair, at milliseconds: Int = 200) -> HandledRow {
        HandledRow(pair: pair, worker: worker, settledAt: at(milliseconds))
    }

    /// A run of six deliveries.
    ///
    /// One attempt failed, one body can't be decoded, one node was killed, and one ended four times by what it ran. Three
    /// deliveries are of one subject, and come out of its order.
    static var evidence: Evidence {
        var evidence = ordinary
        addSubject(to: &evidence)
        evidence.sent.append(
            SentDelivery(
                number: 2,
                endpoint: "c",
                digest: "d2",
                isUndecodable: false,
                isPoison: true,
                answers: [.init(status: 200, id: toxic)]
            )
        )
        evidence.stored[toxic] = StoredDelivery(
            endpoint: "c",
            source: .hmacSHA256,
            eventType: nil,
            receivedAt: at(30),
            digest: "d2"
        )
        evidence.handlers.append(handler(ChaosHandlers.poison, .events(from: .hmacSHA256)))
        for (index, (life, worker)) in poisoned.enumerated() {
            let began = 100 + 100 * index
            evidence.lives[life] = NodeLife(
                processID: 10 + Int32(index),
                began: at(began - 50),
                ended: at(began + 1),
                end: .trapped,
                workers: [worker]
            )
            evidence.runs.append(run(poison, max(1, index), in: life, at: began, nil))
            evidence.rescues[worker] = at(began + 40)
            evidence.interruptions.append(Interruption(kind: .kill, life: life, from: at(began + 1), to: at(began + 1)))
            guard index >= 2 else { continue }
            evidence.failures.append(
                FailureRow(pair: poison, attempt: index - 1, worker: worker, failedAt: at(began + 39), isStrike: true)
            )
        }
        evidence.letters.append(LetterRow(pair: poison, reason: "crash", failedAttempts: 2))
        return evidence
    }

    /// The part of it without what ends its process.
    private static var ordinary: Evidence {
        var evidence = Evidence()
        evidence.sent = [
            SentDelivery(
                number: 0,
                endpoint: "a",
                digest: "d0",
                isUndecodable: false,
                answers: [.init(status: 503), .init(status: nil), .init(status: 200, id: bearer)]
            ),
            SentDelivery(
                number: 1,
                endpoint: "b",
                digest: "d1",
                isUndecodable: true,
                answers: [.init(status: 200, id: order), .init(status: 200, id: order, isDuplicate: true)]
            ),
        ]
        evidence.stored = [
            bearer: StoredDelivery(
                endpoint: "a",
                source: .bearer,
                eventType: nil,
                receivedAt: at(10),
                digest: "d0"
            ),
            order: StoredDelivery(
                endpoint: "b",
                source: .standardWebhooks,
                eventType: "chaos.order",
                receivedAt: at(20),
                digest: "d1"
            ),
        ]
        evidence.handlers = [
            handler(ChaosHandlers.quick, .events(from: .bearer)),
            handler(ChaosHandlers.flaky, .events(from: .bearer)),
            handler(ChaosHandlers.typed, .events(from: .standardWebhooks, matching: "chaos.order")),
            handler(ChaosHandlers.effect, .events(from: .standardWebhooks)),
        ]
        evidence.runs = [
            run(handled, in: killed, at: 50, nil), run(handled), run(failedOnce, 1, at: 90, .failed),
            run(failedOnce, 2),
            run(effect),
        ]
        evidence.handled = [row(handled), row(failedOnce), row(effect)]
        evidence.failures = [FailureRow(pair: failedOnce, attempt: 1), FailureRow(pair: undecodable, attempt: 1)]
        evidence.letters = [LetterRow(pair: undecodable, reason: "undecodable", failedAttempts: 1)]
        evidence.effects = [effect]
        evidence.lives = [
            life: NodeLife(processID: 1, began: at(0), ended: at(900), end: .clean, workers: [worker]),
            killed: NodeLife(
                processID: 2,
                began: at(0),
                ended: at(60),
                end: .killed,
                workers: [WorkerID(rawValue: 8)]
            ),
        ]
        evidence.rescues = [WorkerID(rawValue: 8): at(80)]
        evidence.interruptions = [Interruption(kind: .kill, life: killed, from: at(59), to: at(60), heldPairs: 1)]
        evidence.recoveries = [Recovery(kind: .kill, took: .seconds(1), bound: .seconds(2))]
        for resource in BoundedResource.allCases {
            evidence.peaks[resource] = ResourcePeak(most: 2, allowed: 2)
        }
        return evidence
    }

    private static func handler(_ name: HandlerName, _ pattern: EventPattern) -> KnownHandler {
        KnownHandler(name: name, patterns: [pattern], recordedAt: start)
    }
}
