import PostroomCore

@testable import PostroomChaos

extension GoodLedger {
    /// The deliveries of one subject: the first and the third are handled by who wants the newest state, the second comes too
    /// late and is superseded.
    static let states = [1024, 1280, 1536].map { DeliveryID(rawValue: $0) }
    private static let versions = [10, 5, 20]

    static func turn(_ place: Int) -> Pair {
        Pair(delivery: states[place], handler: ChaosHandlers.ordered)
    }

    static func state(_ place: Int) -> Pair {
        Pair(delivery: states[place], handler: ChaosHandlers.newest)
    }

    static func exact(_ place: Int) -> Pair {
        Pair(delivery: states[place], handler: ChaosHandlers.exact)
    }

    /// The notes of one run of the ordered handler; without an end where its process died.
    static func notes(_ place: Int, run: Int64, in life: LifeID = life, from: Int, to: Int?) -> [TurnNote] {
        let process: Int32 = life == Self.life ? 1 : 2
        return [(from, false), (to, true)]
            .compactMap { at, isEnd in
                at.map {
                    TurnNote(
                        run: run,
                        pair: turn(place),
                        attempt: 1,
                        processID: process,
                        isEnd: isEnd,
                        at: self.at($0)
                    )
                }
            }
    }

    /// The second run's process is killed, and the run made again by another.
    static func addSubject(to evidence: inout Evidence) {
        for (place, id) in states.enumerated() {
            var delivery = SentDelivery(
                number: 3 + place,
                endpoint: "d",
                digest: "s\(place)",
                isUndecodable: false,
                answers: [.init(status: 200, id: id, at: at(12 + 2 * place))]
            )
            delivery.sentAt = at(11 + 2 * place)
            delivery.subject = ChaosSubject(name: 4, version: versions[place])
            evidence.sent.append(delivery)
            evidence.stored[id] = StoredDelivery(
                endpoint: "d",
                source: .nyuchi,
                eventType: nil,
                receivedAt: at(12 + 2 * place),
                digest: "s\(place)"
            )
        }
        for handler in [ChaosHandlers.ordered, ChaosHandlers.newest, ChaosHandlers.exact] {
            evidence.handlers.append(
                KnownHandler(name: handler, patterns: [.events(from: .nyuchi)], recordedAt: start)
            )
        }
        evidence.turnNotes =
            notes(0, run: 1, from: 30, to: 35) + notes(1, run: 2, in: killed, from: 50, to: nil)
            + notes(1, run: 3, from: 100, to: 105) + notes(2, run: 4, from: 110, to: 115)
        evidence.runs += [
            run(turn(0), at: 30), run(turn(1), in: killed, at: 50, nil), run(turn(1), at: 100), run(turn(2), at: 110),
            run(state(0), at: 100), run(state(2), at: 110),
        ]
        evidence.runs += (0...2).map { run(exact($0), at: 120) }
        evidence.handled += (0...2).flatMap { [row(turn($0)), row(exact($0))] } + [row(state(0)), row(state(2))]
        evidence.exactEffects = [state(0), exact(0), exact(1), state(2), exact(2)]
        evidence.superseded = [state(1)]
        evidence.interruptions[0].heldPairs = 2
    }
}
