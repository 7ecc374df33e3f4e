import CoreMetrics
import Logging
import NIOCore
import PostroomCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import PostroomAdmin

struct AdminServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a server on a port of its own for as long as the body runs.
    private func withServer(
        liveness: [HealthCheck] = [],
        readiness: [HealthCheck] = [],
        metrics: PrometheusMetrics = PrometheusMetrics(),
        isEveryWaitOver: Bool = false,
        _ body: (Int) async throws -> Void
    ) async throws {
        let server = AdminServer(
            address: AdminAddress(port: 0),
            liveness: liveness,
            readiness: readiness,
            metrics: metrics,
            clock: StoppedClock(isOver: isEveryWaitOver),
            logger: Self.logger
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await server.run() }
            let port = try #require(await server.boundPort())
            try await body(port)
            group.cancelAll()
        }
    }

    @Test(
        "the health answer is 200 only if every check is well",
        arguments: [
            ([], 200, #"{"checks":[],"status":"healthy"}"#),
            (
                [("a", .healthy), ("b", .healthy)], 200,
                #"{"checks":[{"name":"a","state":"healthy"},{"name":"b","state":"healthy"}],"status":"healthy"}"#
            ),
            (
                [("a", .healthy), ("b", .failing(reason: "says \"no\""))], 503,
                #"{"checks":[{"name":"a","state":"healthy"},{"name":"b","reason":"says \"no\"","state":"failing"}],"#
                    + #""status":"failing"}"#
            ),
        ] as [([(String, HealthState)], Int, String)],
        ["live", "ready"]
    )
    func health(example: ([(String, HealthState)], Int, String), path: String) async throws {
        let checks = example.0.map { name, state in HealthCheck(name: name) { state } }
        try await withServer(liveness: path == "live" ? checks : [], readiness: path == "ready" ? checks : []) { port in
            let answer = try await HTTPExchange.get("/health/\(path)", port: port)
            #expect(answer.status == example.1)
            #expect(answer.body == example.2 + "\n")
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["cache-control"] == "no-store")
        }
    }

    @Test("a failing readiness check leaves liveness alone")
    func livenessApart() async throws {
        let check = HealthCheck(name: "database") { .failing(reason: "not reachable") }
        try await withServer(readiness: [check]) { port in
            let live = try await HTTPExchange.get("/health/live", port: port).status
            #expect(live == 200)
            let ready = try await HTTPExchange.get("/health/ready", port: port).status
            #expect(ready == 503)
        }
    }

    @Test("a check is made for every request")
    func freshChecks() async throws {
        let isWell = Mutex(false)
        let check = HealthCheck(name: "database") { isWell.withLock { $0 } ? .healthy : .failing(reason: "down") }
        try await withServer(readiness: [check]) { port in
            let before = try await HTTPExchange.get("/health/ready", port: port).status
            #expect(before == 503)
            isWell.withLock { $0 = true }
            let after = try await HTTPExchange.get("/health/ready", port: port).status
            #expect(after == 200)
        }
    }

    @Test("collectors that hang hold up no answer, health's least of all, and not the shutdown")
    func hangingCollectors() async throws {
        let metrics = PrometheusMetrics()
        let never = Observed<HealthState?>(nil)
        metrics.register {
            _ = await never.value()
            return [MetricSample("a", value: 1)]
        }
        let check = HealthCheck(name: "database") { .healthy }
        try await withServer(readiness: [check], metrics: metrics, isEveryWaitOver: true) { port in
            let text = try await HTTPExchange.get("/metrics", port: port)
            let health = try await HTTPExchange.get("/health/ready", port: port)
            #expect(health.status == 200)
            #expect(text.status == 200)
            #expect(text.body.contains("postroom_metrics_late_collections_total 1\n"))
        }
    }

    @Test("the metrics are served with their media type")
    func metrics() async throws {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "a_total", dimensions: []).increment(by: 4)
        metrics.register { [MetricSample.up(version: "1")] }
        try await withServer(metrics: metrics) { port in
            let answer = try await HTTPExchange.get("/metrics", port: port)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.body.contains("# TYPE a_total counter\na_total 4\n"))
            #expect(answer.body.contains("postroom_up{version=\"1\"} 1\n"))
        }
    }

    @Test("a head request is answered without a body")
    func head() async throws {
        try await withServer { port in
            let request = "HEAD /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let answer = try await HTTPExchange.send(request, port: port)
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
        }
    }

    @Test("there is nothing elsewhere", arguments: ["/", "/health", "/health/other", "/console"])
    func elsewhere(path: String) async throws {
        try await withServer { port in
            let answer = try await HTTPExchange.get(path, port: port).status
            #expect(answer == 404)
        }
    }

    @Test("an address in use is an error that names it")
    func addressInUse() async throws {
        try await withServer { port in
            let address = AdminAddress(port: port)
            let second = AdminServer(
                address: address,
                readiness: [],
                metrics: PrometheusMetrics(),
                logger: Self.logger
            )
            let error = await #expect(throws: AdminServerError.self) { try await second.run() }
            #expect(error?.address == address)
            #expect(error?.description.contains("127.0.0.1:\(port): ") == true)
            #expect(error?.description.contains("Address already in use") == true)
            #expect(await second.boundPort() == nil)
        }
    }

    @Test("a graceful shutdown ends the server, with a connection open and idle")
    func gracefulShutdown() async throws {
        let server = AdminServer(
            address: AdminAddress(port: 0),
            readiness: [],
            metrics: PrometheusMetrics(),
            logger: Self.logger
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: Self.logger))
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.boundPort())
            let channel = try await HTTPExchange.connect(port: port)
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                var bytes = inbound.makeAsyncIterator()
                #expect(try await bytes.next() != nil)
                await group.triggerGracefulShutdown()
                while try await bytes.next() != nil {}
            }
        }
    }

    @Test(
        "an address is written as it is typed",
        arguments: [(AdminAddress(), "127.0.0.1:8081"), (AdminAddress(host: "::1", port: 9), "[::1]:9")]
    )
    func addresses(address: AdminAddress, text: String) {
        #expect(address.description == text)
    }
}
