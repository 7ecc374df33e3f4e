import CoreMetrics
import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import PostroomCore
import ServiceLifecycle
import Synchronization

@testable import PostroomReceiver

/// A receiver that listens on a free port, with everything that a test may look at.
struct RunningReceiver: Sendable {
    let receiver: Receiver
    let port: Int
    let metrics: TestMetrics
    let log: TestLog
    private let group: ServiceGroup
    private let clients = ClientList()

    /// Runs a receiver for the time of a test's body, and shuts it down gracefully.
    static func with(
        _ store: TestStore = TestStore(),
        endpoints: [ReceiverEndpoint] = [.test()],
        handOff: (any HandOff)? = nil,
        traces: Traces? = nil,
        configure: (inout ReceiverConfiguration) -> Void = { _ in },
        body: (RunningReceiver) async throws -> Void
    ) async throws {
        var configuration = ReceiverConfiguration(host: "127.0.0.1", port: 0)
        configuration.commits.inFlight = 1
        configuration.timeouts = .generous
        configure(&configuration)
        let log = TestLog()
        let metrics = TestMetrics()
        let receiver = Receiver(
            configuration: configuration,
            endpoints: endpoints,
            store: store,
            handOff: handOff,
            metrics: metrics,
            logger: log.logger,
            traces: traces
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [receiver], logger: TestLog().logger)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await receiver.boundAddress().port
            let running = RunningReceiver(receiver: receiver, port: port, metrics: metrics, log: log, group: group)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(running))
            } catch {
                outcome = .failure(error)
            }
            running.clients.closeAll()
            await group.triggerGracefulShutdown()
            try outcome.get()
            try await tasks.waitForAll()
        }
    }

    /// The number of verified requests that wait for their commit.
    var requestsInFlight: Int {
        receiver.context.budget.requests
    }

    /// The number of those that wait for one to begin.
    var requestsWaiting: Int {
        receiver.context.committer.waitingCount
    }

    /// The bytes of heads and bodies in memory.
    var bodyBytes: Int {
        receiver.context.budget.bytes
    }

    /// The number of open connections.
    var connections: Int {
        receiver.context.connectionLimit.count
    }

    /// Connects; the connection is closed when the test's body ends.
    func connect(tls: NIOSSLContext? = nil, from address: String = "127.0.0.1") async throws -> RawClient {
        let client = try await RawClient.connect(to: port, tls: tls, from: address)
        clients.add(client.channel)
        return client
    }

    /// Begins a graceful shutdown and returns when the receiver drains.
    func beginShutdown() async {
        await group.triggerGracefulShutdown()
        while receiver.state != .draining, receiver.state != .ended {
            await Task.yield()
        }
    }

    /// The number of times that an endpoint gave a response.
    func responses(_ response: String, endpoint: String = "open") -> Double {
        metrics["postroom_intake_requests_total{endpoint=\"\(endpoint)\",answer=\"\(response)\"}"]
    }

    /// Waits until something holds that no signal tells of, or the test is out of time.
    func until(_ condition: () -> Bool) async throws {
        while !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// The connections of a test.
private final class ClientList: Sendable {
    private let channels = Mutex<[any Channel]>([])

    func add(_ channel: any Channel) {
        channels.withLock { $0.append(channel) }
    }

    func closeAll() {
        for channel in channels.withLock({ $0 }) {
            channel.close(promise: nil)
        }
    }
}

extension ReceiverConfiguration.Timeouts {
    /// Longer than anything takes on a busy machine; a test of a timeout sets its own.
    fileprivate static var generous: ReceiverConfiguration.Timeouts {
        var timeouts = ReceiverConfiguration.Timeouts()
        timeouts.header = .seconds(300)
        timeouts.body = .seconds(300)
        timeouts.bodyProgress = .seconds(300)
        timeouts.idle = .seconds(300)
        timeouts.linger = .seconds(30)
        timeouts.commit = .seconds(300)
        timeouts.shutdown = .seconds(300)
        return timeouts
    }
}
