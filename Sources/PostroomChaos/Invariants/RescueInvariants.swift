import PostroomCore
import PostroomQueue

/// What must hold of rescues: I12.
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

    /// Whether a life was over, or something kept it from being heard, within the two leases before a moment: the lease
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
