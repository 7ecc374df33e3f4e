import PostroomCore

/// The invariants of the answers to the sender: I1 and I2.
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
                let isKnown = delivery.facts.map { $0 == row.facts } ?? true
                if row.digest != delivery.digest || row.endpoint != delivery.endpoint || !isKnown {
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

    /// A repetition is told to be a duplicate: a delivery is new once.
    @Sendable static func newOnce(_ evidence: Evidence) -> [Violation?] {
        let several = evidence.sent.filter { delivery in
            delivery.answers.count { $0.status == 200 && !$0.isDuplicate } > 1
        }
        return [.of("I1", "one delivery was new more than once", several.map { "number \($0.number)" })]
    }

    /// A dead letter keeps the body for its replay.
    @Sendable static func lettersKeepBodies(_ evidence: Evidence) -> [Violation?] {
        let changed = evidence.letters.filter { letter in
            letter.digest.map { $0 != evidence.stored[letter.pair.delivery]?.digest } ?? false
        }
        return [.of("I1", "a dead letter has another body than its delivery", changed.map { "\($0.pair)" })]
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
        let hasty = evidence.sent.filter { $0.answers.contains(where: \.lacksRetryAfter) }.map { "number \($0.number)" }
        let unaccepted = evidence.sent.filter(\.ids.isEmpty).map { "number \($0.number)" }
        return [
            .of("I2", "answered with another status than 200 and 503", others),
            .of("I2", "answered 503 without saying when to come again", hasty),
            .of("I8", "never accepted, however often it was sent", unaccepted),
        ]
    }
}
