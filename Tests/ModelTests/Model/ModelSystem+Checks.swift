import PostroomCore

@testable import PostroomWorker
@testable import TestSupport

extension ModelSystem {
    /// Every pair is in one place, and its failures are counted.
    func check(_ event: ModelEvent) {
        checkIdleWorkers(event)
        var handled: [RetryKey: Int] = [:]
        for (batch, pairs) in inbox.handled {
            for pair in pairs {
                if case .handled = pair.outcome {
                    let id = DeliveryID(batch: batch, ordinal: pair.ordinal)
                    handled[RetryKey(delivery: id, handler: pair.handler), default: 0] += 1
                }
            }
        }
        for delivery in stored {
            let batch = delivery.id.batch
            for entry in inbox.directory.snapshot.entries where entry.wants(delivery) {
                let key = RetryKey(delivery: delivery.id, handler: entry.name)
                let places =
                    (inbox.batches[batch] == nil ? 0 : 1) + (inbox.retries[key] == nil ? 0 : 1)
                    + (inbox.deadLetters[key] == nil ? 0 : 1) + (handled[key] ?? 0)
                if places != 1 {
                    problems.append("after \(event), delivery \(delivery.id) is at \(entry.name) in \(places) places")
                }
                let attempts = inbox.failures.filter { $0.key == key }.map(\.failure.attempt)
                if attempts != Array(0..<attempts.count).map({ $0 + 1 }) {
                    problems.append("after \(event), delivery \(delivery.id) at \(entry.name) failed as \(attempts)")
                }
            }
        }
    }

    /// A worker that has nothing left to do holds nothing: what it does not know of would wait for its death.
    private func checkIdleWorkers(_ event: ModelEvent) {
        for (number, worker) in workers.enumerated() {
            guard let session = worker.session, worker.turn == nil, worker.retries == nil, worker.jobs.isEmpty,
                session.with({ $0.settlements.isEmpty && $0.unknownSince == nil })
            else { continue }
            let held =
                inbox.batches.values.count { $0.worker == session.worker }
                + inbox.retries.values.count { $0.worker == session.worker }
            if held > 0 {
                problems.append("after \(event), worker \(number) is idle and holds \(held)")
            }
        }
    }

    /// Lets every worker die and be rescued, and a last one with every handler do what is left.
    func finish() {
        for number in workers.indices {
            apply(.kill(number))
        }
        inbox.letTimePass(Self.lease)
        known.subtract(inbox.rescue(silentFor: Self.lease, at: now).workers)
        let last = ModelWorker(handlers: ["a", "b", "c"])
        last.begin(inbox.register(last.registration, at: now), inbox.directory.snapshot)
        for _ in 0..<100 where !inbox.batches.isEmpty || !inbox.retries.isEmpty {
            now = now + .seconds(10)
            last.send(commit)
            last.readReply(inbox.directory.snapshot)
            askRetries(last)
            last.takeRetries()
            while !last.jobs.isEmpty {
                last.beginJob()
                last.endJob(isHandled: true)
            }
        }
        check(.store)
        if !inbox.batches.isEmpty || !inbox.retries.isEmpty {
            problems.append("\(inbox.batches.count) batches and \(inbox.retries.count) retries are never done")
        }
    }

    /// The difference of two states, as far as it can be seen from outside.
    var fingerprint: String {
        var text = "\(hasNewcomer) \(stored.count) \(inbox.directory.snapshot.version)"
        for row in inbox.batches.values.sorted(by: { $0.batch.id < $1.batch.id }) {
            text += " B\(row.batch.id.rawValue):\(holder(row.worker)),\(row.deaths)"
        }
        for row in inbox.retries.values.sorted(by: {
            ($0.key.delivery, $0.key.handler) < ($1.key.delivery, $1.key.handler)
        }) {
            text +=
                " R\(row.key.delivery)\(row.key.handler):\(holder(row.worker)),\(row.failedAttempts),\(row.deaths),\(row.isMarked)"
        }
        text += " D" + inbox.deadLetters.keys.map { "\($0.delivery)\($0.handler)" }.sorted().joined()
        text += " H\(inbox.handled.reduce(0) { $0 + $1.jobs.count })"
        for (number, worker) in workers.enumerated() {
            text += " W\(number)" + worker.fingerprint
        }
        return text
    }

    /// The holder of something, by place and not by identity: identities differ after each start.
    private func holder(_ worker: WorkerID?) -> String {
        guard let worker else { return "-" }
        return identities.firstIndex(of: worker).map { "\($0)" } ?? "x"
    }
}

extension ModelWorker {
    /// The difference of two states of a worker, as far as it can be seen from outside.
    var fingerprint: String {
        guard let session else { return "-" }
        var text = session.with { state in
            let batches = state.held.batches.map { "\($0.rawValue)" }.sorted().joined(separator: ",")
            let retries = state.held.retries.map { "\($0.delivery)\($0.handler)" }.sorted().joined(separator: ",")
            return
                "\(batches);\(retries);\(state.settlements.isEmpty);\(state.holdsRetryClaims);\(state.unknownSince != nil)"
                + ";\(state.uncertainBatches.count);\(state.uncertainRetries.count);\(state.router.version)"
        }
        for job in jobs {
            switch job.owner {
            case .batch(let run, let pair): text += " b\(run.id.rawValue).\(pair)\(run.isWaiting(pair))"
            case .retry(let held): text += " r\(held.retry.key.delivery)\(held.retry.key.handler)"
            }
            text += "\(job.isRunning)\(job.failedAttempts)"
        }
        if let turn {
            text += " T\(turn.settlement.batches.count),\(turn.settlement.retries.count),\(turn.request.deliveries),"
            text += "\(turn.answer.map { "\($0.1.count)\($0.0.lostBatches.count)\($0.0.directoryIsStale)" } ?? "-")"
        }
        return text + " \(retries?.count ?? -1)"
    }
}
