import PostroomCore

/// What must hold of what was answered: I1 and I2.
enum IntakeInvariants {
    /// Every 200 is in the inbox, byte for byte, under one identity.
    @Sendable static func acceptedIsStored(_ evidence: Evidence) -> [Violation?] {
        var lost: [String] = []
        var changed: [String] = []
        var manifold: [String] = []
        for delivery in evidence.sent {
            let ids = delivery.ids
            if ids.count > 1 {
                manifold.append("number \(delivery.number): \(ids.sorted())")
            }
            for id in ids {
                guard let row = evidence.stored[id] else {
                    lost.append("number \(delivery.number), delivery \(id)")
                    continue
                }
                if row.digest != delivery.digest || row.endpoint != delivery.endpoint {
                    changed.append("number \(delivery.number), delivery \(id)")
                }
            }
        }
        return [
            .of("I1", "answered 200 and not in the inbox", lost),
            .of("I1", "stored otherwise than sent", changed),
            .of("I1", "one delivery was given several identities", manifold),
        ]
    }

    /// A 200 comes after its commit: the row is there for whoever asks next.
    @Sendable static func acceptedIsVisible(_ evidence: Evidence) -> [Violation?] {
        [.of("I2", "answered 200 before it was committed", evidence.invisible.map { "delivery \($0)" })]
    }

    /// A fault of ours is answered 503, and nothing but that.
    @Sendable static func answersAreAllowed(_ evidence: Evidence) -> [Violation?] {
        let allowed: Set<Int?> = [nil, 200, 503]
        let others = evidence.sent.flatMap { delivery in
            delivery.answers.filter { !allowed.contains($0.status) }
                .map { "number \(delivery.number): \($0.status ?? 0)" }
        }
        let unaccepted = evidence.sent.filter(\.ids.isEmpty).map { "number \($0.number)" }
        return [
            .of("I2", "answered with another status than 200 and 503", others),
            .of("I8", "never accepted, however often it was sent", unaccepted),
        ]
    }
}
