import NIOCore
import NIOPosix

/// A client's connection and the one to the server that belongs to it; both live on one event loop.
final class Link {
    /// An end of the link.
    enum End {
        case client
        case server

        var other: End { self == .client ? .server : .client }
    }

    /// Bytes on their way to one end.
    private struct Lane {
        var channel: (any Channel)?
        var lastDue = NIODeadline.uptimeNanoseconds(0)
    }

    private let target: FaultProxy.Target
    private let conditions: ConditionsLock
    private let number: Int
    private var conversation = Conversation()
    private var fromClient = FrontendMessages()
    private var fromServer = BackendMessages()
    private var toClient: Lane
    private var toServer = Lane()
    private var isClosed = false
    private var isFrozen: Bool

    init(number: Int, client: any Channel, target: FaultProxy.Target, conditions: ConditionsLock) {
        self.number = number
        self.target = target
        self.conditions = conditions
        toClient = Lane(channel: client)
        isFrozen = conditions.withLock(\.isFrozen)
    }

    /// The client is there: connects to the server.
    ///
    /// Nothing of what the client says is read before.
    func connect() {
        guard let client = toClient.channel else { return }
        let bound = NIOLoopBound(self, eventLoop: client.eventLoop)
        let bootstrap = ClientBootstrap(group: client.eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(LinkHandler(bound.value, end: .server))
                }
            }
        let connecting =
            switch target {
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            }
        connecting.whenComplete { result in
            switch result {
            case .success(let server): bound.value.join(server)
            case .failure: bound.value.drop()
            }
        }
    }

    private func join(_ server: any Channel) {
        guard !isClosed else { return server.close(promise: nil) }
        toServer.channel = server
        setReading()
    }

    /// Bytes came from one end.
    func read(_ bytes: ByteBuffer, from end: End) {
        guard !isClosed else { return }
        do {
            switch end {
            case .client:
                fromClient.append(bytes)
                while !isClosed, let message = try fromClient.next() {
                    let action = conversation.sent(message.kind) { application, statements in
                        conditions.withLock { $0.claimCut(application: application, statements: statements) }
                    }
                    take(action, message.bytes, from: end)
                }
            case .server:
                fromServer.append(bytes)
                while !isClosed, let message = try fromServer.next() {
                    take(conversation.received(message.kind), message.bytes, from: end)
                }
            }
        } catch {
            drop()
        }
    }

    /// An end takes bytes again, or has enough for now.
    func writabilityChanged() {
        setReading()
    }

    /// Stops passing anything on, or goes on.
    func setFrozen(_ isFrozen: Bool) {
        self.isFrozen = isFrozen
        setReading()
    }

    /// An end was closed: what it sent last still arrives.
    func ended(_ end: End) {
        guard !isClosed else { return }
        let lane = end == .client ? toServer : toClient
        let now = NIODeadline.now()
        guard lane.lastDue > now, let channel = lane.channel else { return drop() }
        channel.eventLoop.assumeIsolated().scheduleTask(deadline: lane.lastDue) { self.drop() }
    }

    /// Closes both ends.
    func drop() {
        guard !isClosed else { return }
        isClosed = true
        toClient.channel?.close(promise: nil)
        toServer.channel?.close(promise: nil)
        conditions.withLock { _ = $0.links.removeValue(forKey: number) }
    }

    private func take(_ action: Conversation.Action, _ bytes: ByteBuffer, from end: End) {
        switch action {
        case .forward:
            send(bytes, to: end.other)
        case .refuseEncryption:
            send(ByteBuffer(string: "N"), to: .client)
        case .swallow:
            break
        case .cut(let record):
            // Recorded first, so that whoever sees the loss can see why.
            conditions.withLock { $0.cuts.append(record) }
            drop()
        }
    }

    private func send(_ bytes: ByteBuffer, to end: End) {
        var lane = end == .client ? toClient : toServer
        guard let channel = lane.channel else { return }
        let delay = conditions.withLock(\.delay)
        let now = NIODeadline.now()
        // Never before what was sent earlier, also where the delay has become shorter since.
        lane.lastDue = max(now + TimeAmount(delay), lane.lastDue)
        if lane.lastDue > now {
            channel.eventLoop.assumeIsolated()
                .scheduleTask(deadline: lane.lastDue) {
                    channel.writeAndFlush(bytes, promise: nil)
                }
        } else {
            channel.writeAndFlush(bytes, promise: nil)
        }
        if end == .client {
            toClient = lane
        } else {
            toServer = lane
        }
    }

    /// Reads from an end only while the other takes what is read.
    private func setReading() {
        guard !isClosed, let client = toClient.channel, let server = toServer.channel else { return }
        for (source, target) in [(client, server), (server, client)] {
            let reads = !isFrozen && target.isWritable
            source.setOption(.autoRead, value: reads).whenSuccess { if reads { source.read() } }
        }
    }
}

/// Reaches a link from any thread.
struct LinkControl: Sendable {
    let link: NIOLoopBound<Link>

    /// Closes both ends.
    func drop() {
        link.eventLoop.execute { link.value.drop() }
    }

    /// Stops passing anything on, or goes on.
    func setFrozen(_ isFrozen: Bool) {
        link.eventLoop.execute { link.value.setFrozen(isFrozen) }
    }
}
