import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PostroomCore

/// Accepts connections and gives each its pipeline.
struct Listener: Sendable {
    let receiver: ReceiverContext
    let loops: EventLoopStates
    let certificates: TLSCertificates?

    /// Listens at the configured address.
    ///
    /// - Throws: ``ReceiverError``.
    func bind(on group: any EventLoopGroup) async throws -> any Channel {
        let host = receiver.configuration.host
        let port = receiver.configuration.port
        do {
            // Resolving blocks, and `bind(host:port:)` would do it on the caller's thread.
            let address = try await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: port)
            }
            return try await bootstrap(on: group).bind(to: address).get()
        } catch {
            throw ReceiverError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    private func bootstrap(on group: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Where files run out, the next accept waits a second instead of failing in a loop.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try open(channel) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
    }

    /// Prepares an accepted connection; one too many is closed, which its sender takes for a fault of the network.
    private func open(_ channel: any Channel) throws {
        let peer: Peer
        switch receiver.connectionLimit.enter(from: channel.remoteAddress.flatMap { IPAddress($0) }) {
        case .enter(let entered): peer = entered
        case .full: return turnAway(channel, .full)
        case .overShare: return turnAway(channel, .addressShare)
        }
        let connectionLimit = receiver.connectionLimit
        channel.closeFuture.whenComplete { _ in connectionLimit.leave(peer) }
        let pipeline = channel.pipeline.syncOperations
        if let certificates {
            try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
        }
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
        let connection = ConnectionHandler(loop: loops[channel.eventLoop], peer: peer)
        try pipeline.addHandler(InboundMeter(connection))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(connection)
    }

    private func turnAway(_ channel: any Channel, _ reason: RefusalLog.TurnedAway) {
        receiver.metrics.countTurnedAway(reason)
        receiver.refusals.turnedAway(reason, at: .now())
        channel.close(promise: nil)
    }

    private var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = receiver.configuration.limits.headerFieldBytes
        limits.maxHeaderListSize = receiver.configuration.limits.headerBytes
        limits.maxHeaderFieldCount = receiver.configuration.limits.headerFields
        return limits
    }
}
