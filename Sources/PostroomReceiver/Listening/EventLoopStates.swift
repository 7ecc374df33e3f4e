import NIOCore

/// The intake loops of a receiver, by event loop.
struct EventLoopStates: Sendable {
    private let byEventLoop: [ObjectIdentifier: NIOLoopBound<EventLoopState>]

    /// Makes one for each event loop of a group, and starts their sweeps.
    ///
    /// - Parameters:
    ///   - group: The event loops.
    ///   - intake: What they share.
    ///   - housekeeping: What is done at each sweep of the first loop.
    /// - Throws: Where the group has been shut down.
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
        receiver.relief.serve(loops.values)
    }

    /// The loop of a connection; called on its event loop.
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
        for loop in byEventLoop.values {
            try? await loop.eventLoop.submit { loop.value.stop() }.get()
        }
    }
}
