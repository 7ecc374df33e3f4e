import FoundationEssentials
import NIOCore
import NIOPosix

/// What the connections of one event loop share; it is touched on that loop alone.
final class EventLoopState {
    let eventLoop: any EventLoop
    let receiver: ReceiverContext
    /// The time of the last sweep: exact enough for timeouts, and free.
    private(set) var now = NIODeadline.now()
    /// Whether the receiver is going away.
    private(set) var isDraining = false
    private(set) var encoder: ResponseEncoder
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var gathered: [GroupCommitter<Waiter>.Request] = []
    private var offloaded = 0
    private var sweeping: RepeatedTask?
    private var drained: EventLoopPromise<Void>?
    private var nextRelief = NIODeadline.uptimeNanoseconds(0)

    init(eventLoop: any EventLoop, receiver: ReceiverContext) {
        self.eventLoop = eventLoop
        self.receiver = receiver
        self.encoder = ResponseEncoder(
            retryAfter: receiver.configuration.retryAfter,
            unixSeconds: Self.unixSeconds(receiver.now())
        )
    }

    func add(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = connection
        if isDraining {
            // Accepted just before the listener closed.
            eventLoop.assumeIsolated().execute { connection.drain() }
        }
    }

    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        succeedIfDrained()
    }

    /// Does work on a thread that may be kept busy, and comes back with its result; draining waits for it.
    func offload<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value,
        then: @escaping (Result<Value, any Error>) -> Void
    ) {
        offloaded += 1
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop, work).assumeIsolated()
            .whenComplete { result in
                then(result)
                self.offloaded -= 1
                self.succeedIfDrained()
            }
    }

    private func succeedIfDrained() {
        if connections.isEmpty, offloaded == 0 {
            drained?.succeed()
        }
    }

    /// Lets a request be committed, together with all others that this turn of the loop brings.
    func submit(_ request: GroupCommitter<Waiter>.Request) {
        if gathered.isEmpty {
            eventLoop.assumeIsolated()
                .execute {
                    let requests = self.gathered
                    self.gathered = []
                    self.receiver.committer.submit(requests)
                }
        }
        gathered.append(request)
    }

    /// Starts to look at the time.
    ///
    /// - Parameter work: What else is done each time.
    func startSweeping(alsoRunning work: (@Sendable (NIODeadline) -> Void)?) {
        let interval = receiver.timeouts.sweepInterval
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweeping = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            bound.value.sweep()
            work?(bound.value.now)
        }
    }

    private func sweep() {
        now = .now()
        encoder.renewDate(unixSeconds: Self.unixSeconds(receiver.now()))
        let isCrowded = receiver.connectionLimit.isCrowded
        for connection in Array(connections.values) {
            connection.checkTime(isCrowded: isCrowded)
        }
    }

    /// Ends the slowest senders of this loop until there is room again, if it was not done just now.
    ///
    /// - Parameter shortage: What there was no room in; `nil` where it gets short.
    func relieve(_ shortage: MemoryHold.Shortage? = nil) {
        let time = NIODeadline.now()
        guard time >= nextRelief else { return }
        nextRelief = time + Relief.interval
        let budget = receiver.budget
        var isPressed = budget.isPressed
        var fullPeer: Peer?
        switch shortage {
        case .budget: isPressed = true
        case .share(let peer): fullPeer = peer
        case nil: break
        }
        let slow = connections.values.compactMap { connection in
            connection.slowness(at: time).map { (rank: $0, connection: connection) }
        }
        for (_, connection) in slow.sorted(by: { $0.rank < $1.rank }) {
            let peer = connection.peer
            if isPressed && !budget.isRelieved || peer.isPressed || peer === fullPeer && peer.bytes > peer.byteLimit / 2
            {
                connection.evict()
            }
        }
    }

    /// Ends connections as soon as they owe nothing.
    ///
    /// - Parameter grace: After this time they are ended whatever they owe.
    /// - Returns: What succeeds when there are none.
    func drain(within grace: TimeAmount) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        isDraining = true
        drained = promise
        for connection in Array(connections.values) {
            connection.drain()
        }
        succeedIfDrained()
        let force = eventLoop.assumeIsolated()
            .scheduleTask(in: grace) {
                for connection in Array(self.connections.values) {
                    connection.close()
                }
            }
        promise.futureResult.whenComplete { _ in force.cancel() }
        return promise.futureResult
    }

    /// Ends the sweeps; the loop's connections must be gone.
    func stop() {
        sweeping?.cancel()
        sweeping = nil
    }

    private static func unixSeconds(_ date: Date) -> Int {
        max(0, Int(date.timeIntervalSince1970))
    }
}
