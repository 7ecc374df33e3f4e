import PostroomCore

/// The invariants of the system as a whole: I8, I10 and I11.
enum SystemInvariants {
    /// After each fault all is well within its bound.
    @Sendable static func recoversInTime(_ evidence: Evidence) -> [Violation?] {
        let late = evidence.recoveries.filter { recovery in recovery.took.map { $0 > recovery.bound } ?? true }
        return [
            .of(
                "I8",
                "took longer than its bound to recover",
                late.map { "\($0.kind.rawValue): \($0.took?.description ?? "never"), allowed \($0.bound)" }
            )
        ]
    }

    /// Nodes end because they were killed, by what they were given to run, or cleanly because they were asked to.
    @Sendable static func nodesEndAsAsked(_ evidence: Evidence) -> [Violation?] {
        let poison = evidence.poison
        let poisoned = Set(evidence.runs.filter { $0.end == nil && poison.contains($0.pair) }.map(\.life))
        let broken = evidence.lives.sorted { $0.key < $1.key }
            .compactMap { id, life -> String? in
                switch life.end {
                case .killed, .clean: nil
                case .trapped: poisoned.contains(id) ? nil : "\(id): by a trap of its own"
                case .broken(let how): "\(id): \(how)"
                case nil: "\(id): did not end"
                }
            }
        return [.of("I8", "a node ended otherwise than it was asked to", broken)]
    }

    /// Connections, memory, open files and dead rows stay bounded.
    @Sendable static func resourcesAreBounded(_ evidence: Evidence) -> [Violation?] {
        let excess = BoundedResource.allCases.compactMap { resource -> String? in
            guard let peak = evidence.peaks[resource], let most = peak.most else {
                return "\(resource.rawValue) were not looked at"
            }
            return most > peak.allowed ? "\(most) of \(peak.allowed) \(resource.rawValue)" : nil
        }
        return [.of("I10", "more was used than is allowed", excess)]
    }

    /// No secret and no body is in a log.
    @Sendable static func logsKeepSecrets(_ evidence: Evidence) -> [Violation?] {
        [.of("I11", "a secret or a body is in a log", evidence.leaks)]
    }
}
