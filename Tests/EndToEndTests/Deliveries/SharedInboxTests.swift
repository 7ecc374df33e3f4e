import ProgramHarness
import Subprocess
import Testing

@Suite("Programs that share an inbox")
struct SharedInboxTests {
    @Test("a program without handlers receives and settles nothing; one with handlers in another process handles it")
    func separateProcesses() async throws {
        try await Scene.with { scene in
            let database = scene.database
            // Polling would take so long that only a wake-up explains what is faster.
            let rarely = ["POSTROOM_WORKER_CLAIM_INTERVAL": "30s", "POSTROOM_WORKER_RETRY_INTERVAL": "30s"]
            try await scene.serve(role: "receiver") { receiver in
                let sender = Sender(port: try await receiver.receiverPort())
                try await receiver.logged("the inbox is ready")
                try await sender.accept(keys: (1...5).map { "early-\($0)" })
                #expect(
                    try await database.count("SELECT sum(delivery_count) FROM postroom.batch WHERE worker IS NULL") == 5
                )
                #expect(try await database.count("SELECT count(*) FROM postroom.worker") == 0)

                try await scene.serve(handlers: ["crm"], role: "worker", environment: rarely) { worker in
                    try await database.waitForWorkers()
                    for number in 1...20 {
                        let id = try await sender.accept(key: "late-\(number)")
                        try await eventually("delivery \(id) is not handled") {
                            try await database.count(
                                "SELECT count(*) FROM postroom.handled_run WHERE delivery_id = \(id)"
                            ) == 1
                        }
                    }
                    #expect(worker.log.first("The receiver listens") == nil)
                    try await database.waitUntilDrained()
                    #expect(try await worker.stop() == .exited(0))
                }
                #expect(try await receiver.stop() == .exited(0))
            }
            #expect(try await database.handledPairs().count == 20, "a handler gets what came after it was recorded")
            let median = try await database.count(
                """
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM h.settled_at - d.received_at) * 1000)::int
                FROM postroom.handled_run h JOIN postroom.delivery d ON d.id = h.delivery_id
                """
            )
            #expect(median < 500, "milliseconds from the commit to the settlement")
            print("NOTIFY: median \(median) ms from commit to settlement, across processes")
        }
    }

    @Test("two programs with different handlers share an inbox, and each pair is handled once")
    func differentHandlers() async throws {
        let keys = (1...400).map { "shared-\($0)" }
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm", "audit"]) { first in
                try await scene.serve(handlers: ["mail"]) { second in
                    try await scene.database.waitForWorkers(2)
                    async let firstHalf: Void = Sender(port: try await first.receiverPort())
                        .accept(keys: Array(keys.prefix(200)), atOnce: 16)
                    async let secondHalf: Void = Sender(port: try await second.receiverPort())
                        .accept(keys: Array(keys.suffix(200)), atOnce: 16)
                    _ = try await (firstHalf, secondHalf)
                    try await scene.database.waitUntilDrained()
                    let processes = (try await first.processID(), try await second.processID())
                    for run in scene.journal.runs {
                        #expect(run.process == (run.pair.handler == "mail" ? processes.1 : processes.0))
                    }
                    #expect(try await first.stop() == .exited(0))
                    #expect(try await second.stop() == .exited(0))
                }
            }
            let handled = try await scene.database.handledPairs()
            #expect(handled.count == keys.count * 3)
            #expect(Set(handled).count == handled.count)
            #expect(scene.journal.repeated == 0)
            #expect(scene.journal.runs.count == handled.count)
        }
    }

    @Test("a delivery that is posted 300 times at once is stored once, handled once, and always answered with its id")
    func postedAtOnce() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"]) { first in
                try await scene.serve(role: "receiver") { second in
                    try await scene.database.waitForWorkers()
                    let ports = [try await first.receiverPort(), try await second.receiverPort()]
                    let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
                        for number in 0..<300 {
                            group.addTask { try await Sender(port: ports[number % 2]).accept(key: "same") }
                        }
                        return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
                    }
                    #expect(ids.count == 1)
                    try await scene.database.waitUntilDrained()
                    #expect(try await scene.database.count("SELECT count(*) FROM postroom.delivery") == 1)
                    #expect(try await scene.database.handledPairs().map(\.delivery) == Array(ids))
                    #expect(scene.journal.runs.count == 1)
                }
            }
        }
    }

    @Test("what SQL enqueues is handled once its transaction is committed, and a repetition is none")
    func enqueuedBySQL() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"], role: "worker") { _ in
                try await scene.database.waitForWorkers()
                let enqueue = """
                    SELECT postroom.enqueue(endpoint => 'internal', event_type => 'invoice.paid', body => '{"id":1}',
                        idempotency_key => 'inv-1')
                    """
                let id = try await scene.database.count(enqueue)
                #expect(try await scene.database.count(enqueue) == id)
                try await scene.database.waitUntilDrained()
                #expect(try await scene.database.handledPairs() == [Pair(delivery: Int64(id), handler: "crm")])
                #expect(scene.journal.runs.count == 1)
                let show = try await scene.verb("deliveries", "show", "\(id)", "--json")
                #expect(try show.json["source"]?.text == "sql")
            }
        }
    }
}
