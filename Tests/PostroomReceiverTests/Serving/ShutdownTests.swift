import PostroomReceiver
import ServiceLifecycle
import Testing

@Suite("Starting and ending", .timeLimit(.minutes(3)))
struct ShutdownTests {
    @Test("at a graceful shutdown what is under way is answered, what is new is sent away, and nobody is let in")
    func graceful() async throws {
        let store = TestStore(gated: true)
        // With one event loop, an idle connection that is closed shows that all of them drain.
        try await RunningReceiver.with(store, configure: { $0.eventLoops = 1 }) { running in
            let waiting = try await running.connect()
            try await waiting.send(Requests.post(key: "1"))
            let call = try await store.nextCall()
            let late = try await running.connect()
            try await late.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 2\r\n\r\n{")
            try await running.until { running.bodyBytes > 2 }
            let idle = try await running.connect()
            _ = try await idle.ask(Requests.post("/hooks/none"))
            await running.beginShutdown()

            #expect(await idle.isHungUp())
            let sentAway = try await late.ask("}")
            #expect(sentAway.status == 503)
            #expect(sentAway.fields["connection"] == "close")
            #expect(sentAway.fields["retry-after"] == "30")
            #expect(await late.isHungUp())
            try await waiting.send(Requests.post(key: "2"))
            try await running.until { running.responses("shutting-down") == 2 }
            await #expect(throws: (any Error).self) { try await running.connect() }

            call.succeed()
            #expect(try await waiting.response().status == 200)
            #expect(try await waiting.response().status == 503)
            #expect(await waiting.isHungUp())
        }
        #expect(store.stored.count == 1)
    }

    @Test("an answer that ends the draining of a connection says so")
    func lastResponse() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store, configure: { $0.eventLoops = 1 }) { running in
            let client = try await running.connect()
            try await client.send(Requests.post(key: "1"))
            let call = try await store.nextCall()
            let idle = try await running.connect()
            _ = try await idle.ask(Requests.post("/hooks/none"))
            await running.beginShutdown()
            #expect(await idle.isHungUp())
            call.succeed()
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.fields["connection"] == "close")
            #expect(await client.isHungUp())
        }
    }

    @Test("the grace ends, whatever is still under way")
    func grace() async throws {
        let store = TestStore(gated: true)

        try await RunningReceiver.with(store, configure: { $0.timeouts.shutdown = .milliseconds(50) }) { running in
            let client = try await running.connect()
            try await client.send(Requests.post(key: "1"))
            let call = try await store.nextCall()
            await running.beginShutdown()
            #expect(await client.isHungUp())
            call.succeed()
        }
        #expect(store.stored.count == 1)
    }

    @Test("a cancelled receiver closes its connections at once")
    func cancelled() async throws {
        let store = TestStore()
        let receiver = Receiver(
            configuration: ReceiverConfiguration(host: "127.0.0.1", port: 0),
            endpoints: [.test()],
            store: store,
            metrics: TestMetrics(),
            logger: TestLog().logger
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await receiver.run() }
            let client = try await RawClient.connect(to: try await receiver.boundAddress().port)
            try await client.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
            tasks.cancelAll()
            #expect(await client.isHungUp())
            try await tasks.waitForAll()
        }
        #expect(receiver.state == .ended)
    }

    @Test("a port that is taken is an error that names it")
    func portTaken() async throws {
        try await RunningReceiver.with { running in
            let port = running.port
            let second = Receiver(
                configuration: ReceiverConfiguration(host: "127.0.0.1", port: port),
                endpoints: [],
                store: TestStore(),
                metrics: TestMetrics(),
                logger: TestLog().logger
            )
            let error = await #expect(throws: ReceiverError.self) { try await second.run() }
            #expect(error?.kind == .cannotListen)
            let text = error?.description ?? ""
            #expect(text.contains("127.0.0.1, port \(port)") && text.contains("Address already in use"))
            let late = await #expect(throws: ReceiverError.self) { try await second.boundAddress() }
            #expect(late?.kind == .neverListened)
        }
    }
}
