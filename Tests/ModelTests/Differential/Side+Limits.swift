import PostroomCore
import TestSupport

extension Side {
    /// Adjusts a worker's share of a handler's concurrency.
    func adjustShares(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let handler = Self.names[Int(steps.next() % 3)]
        let kept = Int(steps.next() % 4)
        let need = ShareNeed(handler: handler, limit: 5, kept: kept, most: 1 + Int(steps.next() % 8))
        let shares = try await inbox.queue.adjustShares([need], of: workers[worker]).shares
        return "\(worker) keeps \(kept) of \(handler): \(shares.map { "\($0.slots) of \($0.target)" })"
    }

    /// Asks whether jobs may begin by the limits of their keys: mostly those that the worker holds.
    func admit(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let jobs = try await someJobs(&steps, of: worker)
        let decisions = try await inbox.queue.admit(jobs, for: workers[worker])
        let told = jobs.map { job in
            switch decisions[job.job] {
            case .begin: "\(key(job.job)) begins"
            case .parked: "\(key(job.job)) is parked"
            case .owed: "\(key(job.job)) waits"
            case nil: "\(key(job.job)) is not held"
            }
        }
        return "\(worker) asked: \(told)"
    }

    /// Frees the slots of some jobs, or mends what is left of others.
    func freeKeys(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let jobs = try await someJobs(&steps, of: worker)
        guard steps.next() % 3 == 0 else {
            return "\(worker) freed \(try await inbox.queue.freeKeys(of: jobs, for: workers[worker]))"
        }
        return "\(worker) swept \(try await inbox.queue.sweepKeys(of: workers[worker], known: jobs.map(\.job)))"
    }

    private func someJobs(_ steps: inout Steps, of worker: Int) async throws -> [KeyedJob] {
        let rows = try await inbox.inspection.retries().sorted { key($0.key) < key($1.key) }
        let own = rows.filter { $0.holder == workers[worker] }
        let width = 1 + Int(steps.next() % 2)
        return (steps.next() % 4 == 0 ? rows : own).shuffled(using: &steps).prefix(4)
            .map { row in
                // Two keys, the same for a job each time.
                let parity = (keys[row.key.delivery]?.utf8.last ?? 0) % 2
                return KeyedJob(job: row.key, key: "\(parity)", limits: KeyLimits(concurrency: width))
            }
    }
}
