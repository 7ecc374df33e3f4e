/// A list of checks that are made together.
struct HealthChecks: Sendable {
    let checks: [HealthCheck]
    let limit: Duration
    let work: BackgroundWork
    let clock: any Clock<Duration>

    /// Makes all checks at once, and takes no longer than the limit.
    func report() async -> HealthReport {
        let states = await withTaskGroup(of: (Int, HealthState).self) { group in
            for (place, check) in checks.enumerated() {
                group.addTask { (place, await state(of: check)) }
            }
            return await group.reduce(into: [Int: HealthState]()) { $0[$1.0] = $1.1 }
        }
        return HealthReport(
            checks.enumerated()
                .map { place, check in
                    (check.name, states[place] ?? .failing(reason: "was not made"))
                }
        )
    }

    private func state(of check: HealthCheck) async -> HealthState {
        await check.call.value(within: limit, on: work, clock: clock)
            ?? .failing(reason: "did not answer within \(limit)")
    }
}
