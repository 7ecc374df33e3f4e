import PostroomChaos
import ProgramHarness
import Subprocess
import Testing

@Suite("A bad network to Postgres", .timeLimit(.minutes(10)))
struct NetworkTests {
    @Test("one that swallows everything for a while is waited for with 503s, and nothing is lost or run twice")
    func frozen() async throws {
        try await ProxiedScene.with { scene, proxy in
            // A lease that outlasts the freeze, as it does in production.
            let environment = ["POSTROOM_RECEIVER_COMMIT_TIMEOUT": "500ms", "POSTROOM_WORKER_LEASE": "15s"]
            try await scene.serve(handlers: ["crm"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...50).map { "before-\($0)" })
                proxy.freeze()
                for number in 1...5 {
                    #expect(await producer.sendOnce("during-\(number)") == 503)
                }
                proxy.thaw()
                try await producer.send((1...5).map { "during-\($0)" } + (1...50).map { "after-\($0)" })
                try await scene.database.waitUntilDrained()
                #expect(try await program.stop() == .exited(0))
                try await Invariants.check(scene, producer, handlers: ["crm"])
                #expect(scene.journal.repeated == 0)
            }
        }
    }

    @Test("one that is slow makes everything slower and nothing else")
    func slow() async throws {
        try await ProxiedScene.with { scene, proxy in
            proxy.delay(by: .milliseconds(40))
            try await scene.serve(handlers: ["crm", "audit"]) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...200).map { "slow-\($0)" }, atOnce: 32)
                try await scene.database.waitUntilDrained()
                #expect(try await program.stop() == .exited(0))
                #expect(producer.ledger.answers == [200: 200])
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                #expect(scene.journal.repeated == 0)
            }
        }
    }

    @Test("one that ends every connection again and again loses nothing and runs nothing twice")
    func dropped() async throws {
        try await ProxiedScene.with { scene, proxy in
            try await scene.serve(handlers: ["crm", "audit"]) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send(named: "dropped") {
                    for round in 1...8 {
                        let before = producer.ledger.accepted.count
                        proxy.dropAll()
                        try await eventually("nothing is accepted after drop \(round)", within: .seconds(10)) {
                            producer.ledger.accepted.count > before + 20
                        }
                    }
                }
                for key in producer.ledger.accepted.keys.sorted().prefix(20) {
                    #expect(await producer.sendOnce(key) == 200)
                }
                try await scene.database.waitUntilDrained()
                #expect(try await program.stop() == .exited(0))
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                #expect(scene.journal.repeated == 0)
            }
        }
    }

    @Test("after an outage that has used up the shortest pauses, deliveries flow again within five seconds")
    func outage() async throws {
        try await ProxiedScene.with { scene, proxy in
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...50).map { "before-\($0)" })
                let refusedBefore = proxy.report.refused
                try await scene.database.waitUntilDrained()
                proxy.refuse(true)
                proxy.dropAll()
                // Each connection's pauses have doubled to their longest by its tenth try.
                try await eventually("the program has stopped trying") { proxy.report.refused - refusedBefore >= 45 }
                #expect(await producer.sendOnce("during") == 503)
                proxy.refuse(false)
                let start = ContinuousClock.now
                try await eventually("nothing is accepted", within: .seconds(5)) {
                    await producer.sendOnce("during") == 200
                }
                let accepting = ContinuousClock.now - start
                try await eventually("nothing is handled", within: .seconds(8)) { scene.journal.runs.count > 50 }
                let handling = ContinuousClock.now - start
                print("an outage: accepted again after \(accepting), handled again after \(handling)")
                #expect(handling < .seconds(5))
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm"])
            }
        }
    }

    @Test("a second loss right after a long outage leaves no worker silent for a lease")
    func relapse() async throws {
        try await ProxiedScene.with { scene, proxy in
            try await scene.serve(handlers: ["crm"], environment: ["POSTROOM_WORKER_LEASE": "3s"]) { _ in
                try await scene.database.waitForWorkers()
                try await scene.database.recordHeartbeats()
                let refusedBefore = proxy.report.refused
                proxy.refuse(true)
                proxy.dropAll()
                try await eventually("the program has stopped trying") { proxy.report.refused - refusedBefore >= 45 }
                let silent = try await scene.database.silence { proxy.refuse(false) }
                #expect(silent < 8)
                let silentAgain = try await scene.database.silence { proxy.dropAll() }
                #expect(silentAgain < 2.5)
            }
        }
    }

}

extension Database {
    /// Keeps the time of every heartbeat from now on.
    ///
    /// The server's clock tells how long a program was silent. The test's own can't: its looks are slow where other tests
    /// keep this process busy.
    fileprivate func recordHeartbeats() async throws {
        try await query("CREATE TABLE public.beat (at timestamptz)")
        try await query(
            """
            CREATE FUNCTION public.record_beat() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN INSERT INTO public.beat VALUES (NEW.heartbeat_at); RETURN NEW; END'
            """
        )
        try await query(
            "CREATE TRIGGER recorded AFTER UPDATE ON postroom.worker FOR EACH ROW EXECUTE FUNCTION public.record_beat()"
        )
    }

    /// The seconds until the first heartbeat after something was done.
    fileprivate func silence(after action: () -> Void) async throws -> Double {
        let before = try await query("SELECT clock_timestamp()")[0][0] ?? ""
        action()
        return try await eventually("no heartbeat since \(before)") {
            let seconds = "SELECT extract(epoch FROM min(at) - '\(before)') FROM public.beat WHERE at > '\(before)'"
            return try await query(seconds)[0][0].flatMap(Double.init)
        }
    }
}
