import NIOCore
import NIOPosix

/// A TCP proxy between a program and Postgres that makes the faults a network can make.
///
/// It follows the Postgres protocol far enough to cut a connection at a place in the conversation: after the server has
/// committed and before the client hears of it, which no other means brings about at will. It can also freeze, delay,
/// drop and refuse connections. It speaks to clients without encryption.
package final class FaultProxy: Sendable {
    /// The address of Postgres.
    package enum Target: Hashable, Sendable {
        /// A Unix socket, by its path.
        case unixSocket(path: String)
        /// A TCP port.
        case tcp(host: String, port: Int)
    }

    /// The proxy's deeds so far.
    package struct Report: Hashable, Sendable {
        /// The connections that were let in.
        package let accepted: Int
        /// The connections that were closed at once.
        package let refused: Int
        /// The connections that are open now.
        package let open: Int
        /// The cuts that were made, in their order.
        package let cuts: [CutRecord]
    }

    /// The port on 127.0.0.1 that it listens on.
    package let port: Int
    private let listener: any Channel
    private let conditions: ConditionsLock

    private init(listener: any Channel, port: Int, conditions: ConditionsLock) {
        self.listener = listener
        self.port = port
        self.conditions = conditions
    }

    /// Starts a proxy on any free port of 127.0.0.1.
    ///
    /// - Parameter target: The address of Postgres. It need not be there yet.
    /// - Returns: The proxy, which listens until ``stop()``.
    /// - Throws: An `IOError` where no port can be had.
    package static func start(for target: Target) async throws -> FaultProxy {
        let conditions = ConditionsLock()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Nothing is read before there is somewhere to pass it on to.
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in admit(client, to: target, conditions) }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = listener.localAddress?.port else { throw ChannelError.operationUnsupported }
        return FaultProxy(listener: listener, port: port, conditions: conditions)
    }

    /// The connection string through the proxy, to which the caller adds user and database.
    package var connectionString: String { "host=127.0.0.1 port=\(port)" }

    /// The proxy's deeds so far.
    package var report: Report {
        conditions.withLock { state in
            Report(accepted: state.accepted, refused: state.refused, open: state.links.count, cuts: state.cuts)
        }
    }

    /// Asks for a cut at the next place that fits; each is made once.
    ///
    /// - Parameter cut: The place.
    package func arm(_ cut: Cut) {
        conditions.withLock { $0.armed.append(cut) }
    }

    /// Forgets the cuts that were asked for and not made.
    package func disarm() {
        conditions.withLock { $0.armed = [] }
    }

    /// Stops passing anything on while connections stay open, as a network does that loses every packet.
    package func freeze() {
        setFrozen(true)
    }

    /// Goes on after ``freeze()``; nothing of what was sent meanwhile is lost.
    package func thaw() {
        setFrozen(false)
    }

    /// Passes on everything later by that time, in each direction.
    ///
    /// - Parameter delay: The time by which it is later; zero for at once.
    package func delay(by delay: Duration) {
        conditions.withLock { $0.delay = delay }
    }

    /// Closes new connections at once, or lets them in again; those that are open stay.
    ///
    /// - Parameter isRefusing: True to refuse them.
    package func refuse(_ isRefusing: Bool) {
        conditions.withLock { $0.isRefusing = isRefusing }
    }

    /// Closes every connection that is open.
    package func dropAll() {
        for link in conditions.withLock({ Array($0.links.values) }) {
            link.drop()
        }
    }

    /// Stops listening and closes every connection.
    package func stop() async {
        refuse(true)
        try? await listener.close()
        dropAll()
    }

    private func setFrozen(_ isFrozen: Bool) {
        let links = conditions.withLock { state in
            state.isFrozen = isFrozen
            return Array(state.links.values)
        }
        for link in links {
            link.setFrozen(isFrozen)
        }
    }

    private static func admit(
        _ client: any Channel,
        to target: Target,
        _ conditions: ConditionsLock
    ) -> EventLoopFuture<Void> {
        guard let number = conditions.withLock({ $0.admit() }) else {
            return client.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        let link = Link(number: number, client: client, target: target, conditions: conditions)
        let bound = NIOLoopBound(link, eventLoop: client.eventLoop)
        conditions.withLock { $0.links[number] = LinkControl(link: bound) }
        return client.eventLoop.makeCompletedFuture {
            try client.pipeline.syncOperations.addHandler(LinkHandler(link, end: .client))
        }
    }
}
