import PostroomCore

/// The invariant of rescues: I12.
enum RescueInvariants {
    /// A worker is taken for dead only where something kept it from being heard.
    @Sendable static func onlyTheSilentAreRescued(_ evidence: Evidence) -> [Violation?] {
        let lives = evidence.livesOfWorkers
        let rescued = evidence.rescues.compactMap { worker, moment in lives[worker].map { ($0, moment) } }
        let dropped = evidence.drops.map { ($0.life, $0.at) }
        let spurious = (rescued + dropped).filter { life, moment in !wasSilent(life, before: moment, evidence) }
        return [
            .of(
                "I12",
                "taken for dead, and neither killed, nor stopped, nor cut off",
                Set(spurious.map(\.0)).sorted().map(\.description)
            )
        ]
    }

    /// A worker that ends as asked gives back what it holds: it is not found silent afterwards.
    ///
    /// Where it could not reach the database, or the queue was locked, others have to do it.
    @Sendable static func cleanEndsAreNoDeaths(_ evidence: Evidence) -> [Violation?] {
        let lives = evidence.livesOfWorkers
        let left = evidence.rescues.filter { worker, moment in
            guard let id = lives[worker], let life = evidence.lives[id], life.end == .clean, let ended = life.ended,
                ended < moment
            else { return false }
            return !evidence.interruptions.contains { interruption in
                interruption.kind.hindersGoodbyes && interruption.concerns(id) && interruption.from <= ended
                    && ended - .seconds(15) <= interruption.to
            }
        }
        return [
            .of(
                "I12",
                "ended as asked, and was found silent like a dead one",
                left.keys.map { "worker \($0)" }.sorted()
            )
        ]
    }

    /// The log of every death's rescue is what other checks go by: where workers died, some log tells of a rescue.
    @Sendable static func rescuesAreTold(_ evidence: Evidence) -> [Violation?] {
        let last = evidence.lives.values.compactMap(\.ended).max()
        let died = evidence.lives.filter { _, life in
            guard life.end == .killed || life.end == .trapped, !life.workers.isEmpty, let ended = life.ended, let last
            else { return false }
            return ended + evidence.lease * 5 < last
        }
        guard evidence.rescues.isEmpty else { return [] }
        return [.of("I8", "died, and no log tells of a rescue", died.keys.sorted().map(\.description))]
    }

    /// Returns whether a life was over, or something kept it from being heard, within the two leases before a moment: the lease
    /// that it was silent for, and what it took to notice.
    static func wasSilent(_ life: LifeID, before moment: Timestamp, _ evidence: Evidence) -> Bool {
        if let ended = evidence.lives[life]?.ended, ended <= moment {
            return true
        }
        let since = moment - evidence.lease * 2
        return evidence.interruptions.contains { interruption in
            !interruption.isInferred && interruption.kind.silencesWorkers && interruption.concerns(life)
                && interruption.from <= moment && since <= interruption.to
        }
    }
}
