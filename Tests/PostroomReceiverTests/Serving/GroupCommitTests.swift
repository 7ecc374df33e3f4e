import PostroomCore
import PostroomReceiver
import Testing

@Suite("Responses follow commits", .timeLimit(.minutes(3)))
struct GroupCommitTests {
    @Test("nobody is answered before the commit has ended")
    func notBefore() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            try await client.send(Requests.post() + "GET /hooks/open HTTP/1.1\r\n\r\n")
            let call = try await store.nextCall()
            // Another connection's round trips leave an early answer every chance to arrive.
            let other = try await running.connect()
            for _ in 0..<20 {
                _ = try await other.ask(Requests.post("/hooks/none"))
            }
            #expect(client.receivedBytes == 0)
            #expect(running.responses("accepted") == 0)
            call.succeed()
            #expect(try await client.response().status == 200)
            #expect(try await client.response().status == 405)
        }
    }

    @Test("requests of many connections that come during a commit are committed together in the next one")
    func together() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let first = try await running.connect()
            try await first.send(Requests.post(key: "first"))
            let begun = try await store.nextCall()
            var clients: [RawClient] = []
            for number in 0..<20 {
                let client = try await running.connect()
                try await client.send(Requests.post(key: "\(number)"))
                clients.append(client)
            }
            try await running.until { running.requestsWaiting == 20 }
            begun.succeed()
            let next = try await store.nextCall()
            #expect(Set(next.deliveries.map(\.identity.idempotencyKey)) == Set((0..<20).map { "\($0)" }))
            next.succeed()
            for client in clients + [first] {
                #expect(try await client.response().status == 200)
            }
            #expect(store.commits == [1, 20])
            #expect(running.requestsInFlight == 0)
            #expect(running.metrics["postroom_intake_commit_size"] == 21)
            #expect(running.metrics["postroom_intake_bytes_total"] == 42)
        }
    }

    @Test("several commits can be under way at once")
    func concurrentCommits() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store, configure: { $0.commits.inFlight = 2 }) { running in
            let first = try await running.connect()
            let second = try await running.connect()
            try await first.send(Requests.post(key: "1"))
            let one = try await store.nextCall()
            try await second.send(Requests.post(key: "2"))
            let two = try await store.nextCall()
            two.succeed()
            #expect(try await second.response().status == 200)
            one.succeed()
            #expect(try await first.response().status == 200)
        }
    }

    @Test("when a commit fails, all of its requests are told to come again, and nobody else")
    func failure() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            try await client.send(Requests.post(key: "1"))
            try await store.nextCall().fail()
            let response = try await client.response()
            #expect(response.status == 503)
            #expect(response.fields["retry-after"] == "30")
            #expect(response.fields["connection"] == nil)
            try await client.send(Requests.post(key: "1"))
            try await store.nextCall().succeed()
            #expect(try await client.response().status == 200)
            #expect(running.responses("unavailable") == 1)
            #expect(running.log.lines("Deliveries can't be stored; their senders are answered 503").count == 1)
            #expect(running.log.lines("Deliveries are stored again").count == 1)
        }
    }

    @Test("a delivery that the database refuses fails alone")
    func poison() async throws {
        let connectionLimit = TestStore(gated: false, refusing: "poison")
        try await RunningReceiver.with(connectionLimit) { running in
            let client = try await running.connect()
            let keys = ["a", "b", "poison", "c", "d", "e"]
            try await client.send(keys.map(Requests.post(key:)).joined())
            for key in keys {
                #expect(try await client.response().status == (key == "poison" ? 503 : 200))
            }
            #expect(connectionLimit.stored.map(\.identity.idempotencyKey) == ["a", "b", "c", "d", "e"])
        }
    }

    @Test("a commit that hangs is answered 503 in time, and goes on")
    func hangs() async throws {
        let store = TestStore(gated: true)
        let handOff = TestHandOff(worker: WorkerID(rawValue: 7))
        try await RunningReceiver.with(
            store,
            handOff: handOff,
            configure: {
                $0.timeouts.commit = .milliseconds(50)
                $0.timeouts.linger = .milliseconds(100)
            },
            body: { running in
                let client = try await running.connect()
                try await client.send(Requests.post(key: "hangs") + Requests.post(key: "hangs too"))
                let call = try await store.nextCall()
                #expect(try await client.response().status == 503)
                #expect(try await client.response().status == 503)
                #expect(running.requestsInFlight == 2)
                call.succeed()
                try await running.until { running.requestsInFlight == 0 }
                #expect(store.stored.count == 2)
                #expect(handOff.counts.accepted == 2)
                #expect(running.responses("accepted") == 0)
                #expect(try await client.ask("GET /hooks/open HTTP/1.1\r\n\r\n").status == 405)
            }
        )
    }

    @Test("what is over the limit is told so at once")
    func overload() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store, configure: { $0.limits.requestsInFlight = 2 }) { running in
            let first = try await running.connect()
            try await first.send(Requests.post(key: "1") + Requests.post(key: "2"))
            let call = try await store.nextCall()
            let second = try await running.connect()
            let response = try await second.ask(Requests.post(key: "3"))
            #expect(response.status == 503)
            #expect(response.fields["retry-after"] == "30")
            #expect(running.responses("overloaded") == 1)
            call.succeed()
            #expect(try await first.response().status == 200)
            #expect(try await first.response().status == 200)
            try await second.send(Requests.post(key: "3"))
            try await store.nextCall().succeed()
            #expect(try await second.response().status == 200)
        }
    }

    @Test("bodies beyond the memory for them are turned away")
    func memory() async throws {
        try await RunningReceiver.with(configure: { $0.limits.bodyBytes = 1000 }) { running in
            let client = try await running.connect()
            #expect(try await client.ask(Requests.post(body: String(repeating: "x", count: 900))).status == 200)
            let response = try await client.ask(Requests.post(body: String(repeating: "x", count: 1001)))
            #expect(response.status == 503)
            #expect(response.fields["connection"] == "close")
            #expect(await client.isHungUp())
            #expect(running.bodyBytes == 0)
        }
    }

    @Test("what a vanished sender left unfinished is forgotten, and what it finished is stored")
    func vanished() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            try await client.send(Requests.post(key: "finished"))
            let call = try await store.nextCall()
            let finished = running.bodyBytes
            try await client.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
            try await running.until { running.bodyBytes >= finished + 4 }
            try await client.close()
            try await running.until { running.bodyBytes == finished }
            call.succeed()
            try await running.until { running.requestsInFlight == 0 }
            #expect(store.stored.map(\.identity.idempotencyKey) == ["finished"])
            #expect(running.bodyBytes == 0)
        }
    }

    struct HandOffCase: CustomTestStringConvertible {
        let name: String
        let worker: WorkerID?
        let fails: Bool
        let counts: TestHandOff.Counts

        var testDescription: String { name }
    }

    static let worker = WorkerID(rawValue: 7)

    @Test(
        "every reservation ends once, and unclaimed work wakes the worker",
        arguments: [
            HandOffCase(
                name: "a worker with room takes over",
                worker: worker,
                fails: false,
                counts: TestHandOff.Counts(reserved: 3, ended: 3, accepted: 2, workers: [worker])
            ),
            HandOffCase(
                name: "a failed commit gives the room back",
                worker: worker,
                fails: true,
                counts: TestHandOff.Counts(reserved: 3, ended: 3, cancelled: 3)
            ),
            HandOffCase(
                name: "a worker without room is woken",
                worker: nil,
                fails: false,
                counts: TestHandOff.Counts(wakeUps: 1)
            ),
            HandOffCase(
                name: "a failed commit wakes nobody",
                worker: nil,
                fails: true,
                counts: TestHandOff.Counts()
            ),
        ]
    )
    func handOff(row: HandOffCase) async throws {
        let store = TestStore(gated: true)
        let handOff = TestHandOff(worker: row.worker)
        try await RunningReceiver.with(store, handOff: handOff) { running in
            let client = try await running.connect()
            try await client.send(["1", "2", "1"].map(Requests.post(key:)).joined())
            let call = try await store.nextCall()
            #expect(call.worker == row.worker)
            #expect(call.deliveries.count == 3)
            row.fails ? call.fail() : call.succeed()
            for _ in 0..<3 {
                #expect(try await client.response().status == (row.fails ? 503 : 200))
            }
            #expect(handOff.counts == row.counts)
        }
    }

    @Test("a commit of duplicates alone wakes nobody")
    func nothingToWakeFor() async throws {
        let handOff = TestHandOff(worker: nil)
        try await RunningReceiver.with(handOff: handOff) { running in
            let client = try await running.connect()
            for _ in 0..<3 {
                #expect(try await client.ask(Requests.post(key: "same")).status == 200)
            }
            #expect(handOff.counts.wakeUps == 1)
        }
    }
}
