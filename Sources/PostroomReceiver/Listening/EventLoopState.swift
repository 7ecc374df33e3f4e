import FoundationEssentials
import NIOCore
import NIOPosix
import PostroomCore
import Tracing

/// The state that the connections of one event loop share; it is touched on that loop alone.
final class EventLoopState {
    let eventLoop: any EventLoop
    let receiver: ReceiverContext
    /// The time of the last sweep: exact enough for timeouts, and free.
    private(set) var now = NIODeadline.now()
    /// True where the receiver is going away.
    private(set) var isDraining = false
    private(set) var encoder: ResponseEncoder
    private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    /// The requests that this turn of the loop has brought for the next commit.
    private var gathered: [CommitRequest] = []
    private var pending = PendingResponses()
    /// The client of the committer for this loop; it refers back to this object until ``stop()``.
    private var client: EventLoopClient?
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

    func add(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = connection
        if isDraining {
            // Accepted just before the listener closed.
            eventLoop.assumeIsolated().execute { connection.drain() }
        }
    }

    func remove(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = nil
        succeedIfDrained()
    }

    /// Does work on a thread that may be kept busy, and comes back with its result; draining waits for it.
    ///
    /// - Parameters:
    ///   - work: The work.
    ///   - then: Takes its result, on this loop; the error is that of a thread pool that has ended.
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

    /// Lets a delivery be committed, together with all others that this turn of the loop brings.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - charged: The bytes that the budget holds for it.
    ///   - response: The response that waits for its commit.
    func submit(_ delivery: IncomingDelivery, charged: Int, for response: PendingResponse) {
        if gathered.isEmpty {
            eventLoop.assumeIsolated().execute { self.submitGathered() }
        }
        let ticket = pending.insert(response)
        gathered.append(CommitRequest(delivery: delivery, charged: charged, since: now, ticket: ticket))
    }

    private func submitGathered() {
        let client = client ?? EventLoopClient(self)
        self.client = client
        let requests = gathered
        gathered = []
        receiver.committer.submit(requests, for: client)
    }

    /// Responds to requests whose commits have ended.
    fileprivate func respond(to results: [CommitResult]) {
        let responses = results.map { pending.remove($0.ticket) }
        for (pending, result) in zip(responses, results) {
            let response = Response(result.outcome)
            pending.endpoint.responses.count(response.kind)
            if case .stored(let receipt) = response {
                pending.endpoint.silence?.accepted(at: now)
                if receipt.isDuplicate {
                    receiver.notes.cameAgain(receipt.id)
                }
            }
            pending.spans?.commit.end()
            pending.spans?.request.ended(with: response)
            pending.connection.respond(to: pending.request, with: response)
        }
        for pending in responses {
            pending.connection.flush()
        }
    }

    /// Starts to look at the time.
    ///
    /// - Parameter work: Further work to do each time.
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
    /// - Parameter shortage: The limit that was reached; `nil` where memory gets short.
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
    /// - Returns: A future that succeeds when there are none.
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
        client = nil
        sweeping?.cancel()
        sweeping = nil
    }

    private static func unixSeconds(_ date: Date) -> Int {
        max(0, Int(date.timeIntervalSince1970))
    }
}

/// The way of a commit's outcomes back to the event loop of their requests: one hop for all of them.
private final class EventLoopClient: CommitClient {
    private let loop: NIOLoopBound<EventLoopState>

    init(_ loop: EventLoopState) {
        self.loop = NIOLoopBound(loop, eventLoop: loop.eventLoop)
    }

    func committed(_ results: [CommitResult]) {
        loop.eventLoop.execute { [loop] in
            loop.value.respond(to: results)
        }
    }
}

/// A response that waits for a commit.
struct PendingResponse {
    let connection: ConnectionHandler
    /// The request's number among the responses that the connection owes.
    let request: UInt64
    let endpoint: EndpointEntry
    /// The spans of the request and of its commit; `nil` where nobody traces.
    let spans: (request: RequestSpan, commit: any Span)?
}

/// The responses that wait for commits, by ticket; tickets are used again, so that nothing is allocated for a request.
private struct PendingResponses {
    private var slots: [PendingResponse?] = []
    private var freeTickets: [Int] = []

    mutating func insert(_ response: PendingResponse) -> Int {
        guard let ticket = freeTickets.popLast() else {
            slots.append(response)
            return slots.count - 1
        }
        slots[ticket] = response
        return ticket
    }

    mutating func remove(_ ticket: Int) -> PendingResponse {
        guard let response = slots[ticket] else {
            preconditionFailure("a commit's outcome was told twice")
        }
        slots[ticket] = nil
        freeTickets.append(ticket)
        return response
    }
}

extension Response {
    fileprivate init(_ outcome: CommitResult.Outcome) {
        self =
            switch outcome {
            case .stored(let receipt): .stored(receipt)
            case .notStored: .unavailable
            case .turnedAway: .shuttingDown
            }
    }
}

/// The states of a receiver's event loops.
struct EventLoopStates: Sendable {
    private let byEventLoop: [ObjectIdentifier: NIOLoopBound<EventLoopState>]
    private let relief: Relief

    /// Makes a state for each event loop of a group, and starts their sweeps.
    ///
    /// - Parameters:
    ///   - group: The event loops.
    ///   - receiver: The context that they share.
    ///   - housekeeping: Further work to do at each sweep of the first loop.
    /// - Throws: An error where the group has been shut down.
    init(
        on group: any EventLoopGroup,
        receiver: ReceiverContext,
        housekeeping: @escaping @Sendable (NIODeadline) -> Void
    ) async throws {
        var loops: [ObjectIdentifier: NIOLoopBound<EventLoopState>] = [:]
        for eventLoop in group.makeIterator() {
            let work = loops.isEmpty ? housekeeping : nil
            loops[ObjectIdentifier(eventLoop)] =
                try await eventLoop.submit { () -> NIOLoopBound<EventLoopState> in
                    let loop = EventLoopState(eventLoop: eventLoop, receiver: receiver)
                    loop.startSweeping(alsoRunning: work)
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }
                .get()
        }
        byEventLoop = loops
        relief = receiver.relief
        relief.serve(loops.values)
    }

    /// The state of a connection's event loop; called on that loop.
    subscript(eventLoop: any EventLoop) -> EventLoopState {
        guard let loop = byEventLoop[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("a connection was accepted on an event loop outside the receiver's group")
        }
        return loop.value
    }

    /// Ends all connections as soon as they owe nothing, and after the grace whatever they owe.
    func drain(within grace: TimeAmount) async {
        let emptied = byEventLoop.values.map { loop in
            loop.eventLoop.flatSubmit { loop.value.drain(within: grace) }
        }
        for future in emptied {
            try? await future.get()
        }
    }

    /// Ends the sweeps.
    func stop() async {
        relief.serve(EmptyCollection())
        for loop in byEventLoop.values {
            try? await loop.eventLoop.submit { loop.value.stop() }.get()
        }
    }
}
