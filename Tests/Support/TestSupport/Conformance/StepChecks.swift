import PostroomCore

extension ConformanceContext {
    /// Records a step of a job.
    fileprivate func write(
        _ name: String,
        _ value: String = "1",
        of job: RetryKey,
        attempt: Int = 1,
        _ worker: WorkerID
    ) async throws -> StepRecord? {
        let step = NewStep(name: name, content: .value(Array(value.utf8)))
        return try await queue.writeStep(step, of: job, attempt: attempt, for: worker)
    }

    /// Commits one delivery and claims its batch.
    fileprivate func claimOne(_ worker: WorkerID) async throws -> (batch: ClaimedBatch, job: RetryKey) {
        try await post(["stepped \(UInt32.random(in: .min ... .max))"])
        let batch = try one(try await claimAll(worker), "batches")
        return (batch, RetryKey(delivery: batch.deliveries[0].id, handler: "mail"))
    }

    fileprivate func names(_ job: RetryKey) async throws -> [String] {
        try await queue.readSteps(of: job).map(\.name).sorted()
    }
}

/// Success of a job that may have steps.
private let stepped = JobOutcome.handled(duration: .zero, completion: JobCompletion(hasSteps: true))

extension QueueConformance {
    static let steps = [
        Check("a step of a job in a batch is kept as it was first recorded, and ends with the job") { context in
            let worker = try await context.worker("mail")
            let (batch, job) = try await context.claimOne(worker)
            let record = StepRecord(name: "charge", content: .value(Array(#"{"id":1}"#.utf8)))
            try expect(try await context.write("charge", #"{"id":1}"#, of: job, worker), is: record, "written")
            try expect(try await context.write("charge", "2", of: job, worker), is: record, "written again")
            try expect(try await context.queue.readSteps(of: job), is: [record], "read")
            _ = try await context.settle([batch.settled("mail", stepped)], by: worker)
            try expect(try await context.inspection.stepCount(), is: 0, "steps left")
        },
        Check("a worker that lost its claim records nothing") { context in
            let worker = try await context.worker("mail")
            let (_, job) = try await context.claimOne(worker)
            try await context.queue.deregister(worker)
            try expect(try await context.write("charge", of: job, worker), is: nil, "written by a worker that left")
            let other = try await context.worker("mail")
            try expect(try await context.write("charge", of: job, other), is: nil, "written without a claim")
            _ = try await context.claimAll(other)
            try expect(try await context.write("charge", of: job, worker), is: nil, "written by the first")
            try expect(try await context.write("charge", of: job, other) != nil, "written by the second")
        },
        Check("steps outlive a rescue, and only the attempt that is owed adds to them") { context in
            let worker = try await context.worker("mail")
            let (_, job) = try await context.claimOne(worker)
            _ = try await context.write("one", of: job, worker)
            try await context.inspection.letTimePass(.seconds(60))
            _ = try await context.queue.rescue(silentFor: .seconds(15))
            let other = try await context.worker("mail")
            let batch = try one(try await context.claimAll(other), "batches")
            try expect(try await context.names(job), is: ["one"], "steps")
            let failed = JobOutcome.owed(dueIn: .zero, failure: failure())
            _ = try await context.settle([batch.settled("mail", failed)], by: other)
            _ = try one(try await context.claimRetries("mail", other), "retries")
            try expect(try await context.write("late", of: job, attempt: 1, other), is: nil, "of the attempt before")
            try expect(try await context.write("two", of: job, attempt: 2, other) != nil, "of this attempt")
            try expect(try await context.names(job), is: ["one", "two"], "steps")
            _ = try await context.settle(retries: [RetrySettlement(key: job, outcome: stepped)], by: other)
            try expect(try await context.inspection.stepCount(), is: 0, "steps left")
        },
        Check("a settlement that is lost leaves the steps of whoever holds the job") { context in
            let worker = try await context.worker("mail")
            let (batch, job) = try await context.claimOne(worker)
            _ = try await context.write("one", of: job, worker)
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            _ = try await context.claimAll(other)
            _ = try await context.settle([batch.settled("mail", stepped)], by: worker)
            try expect(try await context.names(job), is: ["one"], "steps")
        },
        Check("the steps of a dead letter stay for its replay, and go when it is discarded") { context in
            let worker = try await context.worker("mail")
            let (batch, job) = try await context.claimOne(worker)
            _ = try await context.write("one", of: job, worker)
            let dead = JobOutcome.dead(reason: .permanent, failure: failure())
            _ = try await context.settle([batch.settled("mail", dead)], by: worker)
            try expect(try await context.names(job), is: ["one"], "steps of the letter")
            try await context.inspection.replay(job)
            let retry = try one(try await context.claimRetries("mail", worker), "retries")
            try expect(try await context.names(job), is: ["one"], "steps of the replay")
            let again = JobOutcome.dead(reason: .permanent, failure: failure(retry.failedAttempts + 1))
            _ = try await context.settle(retries: [RetrySettlement(key: job, outcome: again)], by: worker)
            try await context.inspection.discard(job)
            try expect(try await context.inspection.stepCount(), is: 0, "steps left")
        },
        Check("the steps of a job go with it when its handler is renamed, and those of a dead letter too") { context in
            let worker = try await context.worker("mail")
            let owed = JobOutcome.owed(dueIn: .zero, failure: failure())
            let dead = JobOutcome.dead(reason: .permanent, failure: failure())
            var jobs: [RetryKey] = []
            for outcome in [owed, dead] {
                let (batch, job) = try await context.claimOne(worker)
                _ = try await context.write("one", of: job, worker)
                _ = try await context.settle([batch.settled("mail", outcome)], by: worker)
                jobs.append(job)
            }
            try await context.inspection.rename("mail", to: "post")
            try await context.inspection.moveRenamed()
            for job in jobs {
                let renamed = RetryKey(delivery: job.delivery, handler: "post")
                try expect(try await context.names(renamed), is: ["one"], "steps under the new name")
                try expect(try await context.names(job).isEmpty, "steps under the former name")
            }
            let claimed = try one(try await context.claimRetries("post", worker), "claimed retries")
            try expect(try await context.write("two", of: claimed.key, attempt: 2, worker) != nil, "the next step")
        },
        Check("a sleep has the time left that it had, however often it is recorded") { context in
            let worker = try await context.worker("mail")
            let (_, job) = try await context.claimOne(worker)
            func left(_ record: StepRecord?) throws -> Duration {
                guard case .sleep(let left) = record?.content else { throw ConformanceFailure(description: "no sleep") }
                return left
            }
            let sleep = NewStep(name: "nap", content: .sleepFor(.seconds(60)))
            let first = try await context.queue.writeStep(sleep, of: job, attempt: 1, for: worker)
            try expect((.seconds(50)...(.seconds(60))).contains(try left(first)), "about a minute left")
            try await context.inspection.letTimePass(.seconds(40))
            let second = try await context.queue.writeStep(sleep, of: job, attempt: 1, for: worker)
            try expect((.seconds(10)...(.seconds(20))).contains(try left(second)), "about 20 seconds left")
            try await context.inspection.letTimePass(.seconds(40))
            try expect(try left(try await context.queue.readSteps(of: job).first) < .zero, "over")
        },
    ]
}
