import CoreMetrics
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostroomCore

/// One connection: reads requests, lets them be verified and committed, and writes the responses.
///
/// It is a channel handler behind NIO's HTTP decoder, and lives on one event loop. ``ConnectionState`` decides; this class
/// carries its decisions out, and asks for the memory that they need.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: EventLoopState
    /// The address that it comes from, and what that holds.
    let peer: Peer
    private var context: ChannelHandlerContext?
    private var state: ConnectionState
    private var decoder: DecoderMeter
    /// The memory that it was given for a request that is not complete.
    private var hold = MemoryHold()

    init(loop: EventLoopState, peer: Peer) {
        let limits = loop.receiver.configuration.limits
        self.loop = loop
        self.peer = peer
        self.state = ConnectionState(pipelinedRequests: limits.pipelinedRequests, at: loop.now)
        self.decoder = DecoderMeter(headLimit: limits.headerBytes)
    }

    private var receiver: ReceiverContext {
        loop.receiver
    }
}

// MARK: - Events of the channel

extension ConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        releaseMemory()
        loop.remove(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(RequestHead(head))
        case .body(let part): receive(part)
        case .end: receiveEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        state.readCompleted(at: loop.now)
        flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        resumeReading()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed, state.inputClosed() {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is ByteToMessageDecoderError: break
        case HTTPParserError.headerOverflow: fail(with: .headerTooLarge)
        case is HTTPParserError: fail(with: .malformed)
        default: context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if state.readRequested(isWritable: context.channel.isWritable) {
            context.read()
        }
    }
}

// MARK: - Events of the event loop

extension ConnectionHandler {
    /// Looks at the time.
    func checkTime(isCrowded: Bool) {
        switch state.timeChecked(at: loop.now, receiver.timeouts, isCrowded: isCrowded) {
        case .wait: break
        case .close: close()
        case .fail(let failure): carryOut(failure)
        }
    }

    /// Responds to a request; the response is written when those before it have been, and sent by ``flush()``.
    func respond(to number: UInt64, with response: Response, closes: Bool = false) {
        state.respond(to: number, with: response, closes: closes)
        write()
    }

    /// Sends what was written, and reads on where responses were waited for.
    func flush() {
        guard let context else { return }
        switch state.flush() {
        case .nothing:
            break
        case .flush:
            context.flush()
        case .flushAndCloseOutput:
            context.flush()
            context.close(mode: .output, promise: nil)
        }
        resumeReading()
    }

    /// Closes the connection as soon as it owes nothing.
    func drain() {
        guard state.canDrain else { return }
        flush()
        close()
    }

    /// Closes the connection whatever it owes.
    func close() {
        context?.close(promise: nil)
    }

    /// Ends the connection because its memory is needed; its sender is answered 503, to come again.
    func evict() {
        receiver.metrics.evictions.increment()
        receiver.refusals.evicted(at: loop.now)
        fail(with: .overloaded)
        if state.hasEnded {
            // Anything it still sends is not waited for: it would need memory.
            close()
        }
    }

    /// The rank among those who have to go when memory is short; `nil` for a connection that holds nothing, is new, or
    /// waits for us.
    func slowness(at now: NIODeadline) -> SlowSender? {
        guard hold.bytes > 0, let speed = state.speed(at: now, undecoded: decoder.undecoded) else { return nil }
        return SlowSender(isHeavy: peer.bytes > receiver.budget.heavyPeer, speed: speed)
    }
}

// MARK: - Requests

extension ConnectionHandler {
    private func receive(_ head: RequestHead) {
        decoder.decoded(head.bytes)
        let endpoint = receiver.endpoints[target: head.target]
        let admission = Admission.decide(head, for: endpoint, isDraining: loop.isDraining)
        // The exact time: the slowest are told apart by what they send in a second.
        switch state.headReceived(head, admission, at: .now()) {
        case .ignore:
            return
        case .receive:
            break
        case .reject(let response, let endpoint):
            count(response, endpoint)
            if response == .unknownEndpoint {
                receiver.refusals.unknownEndpoint(head.target, at: loop.now)
            }
        }
        write()
    }

    private func receive(_ part: ByteBuffer) {
        decoder.decoded(part.readableBytes)
        switch state.bodyReceived(part.readableBytes, at: loop.now) {
        case .ignore:
            break
        case .hold(let memory):
            guard chargeMemory(memory) else { return fail(with: .overloaded) }
            state.append(part)
        case .fail(let failure):
            carryOut(failure)
        }
    }

    private func receiveEnd() {
        decoder.decoded(0)
        if let memory = state.requestMemory, !chargeMemory(memory) {
            return fail(with: .overloaded)
        }
        switch state.endReceived(isDraining: loop.isDraining, at: loop.now) {
        case .ignore: break
        case .verify(let request):
            let span = RequestSpan(receiver.traces, request)
            verify(PendingVerification(request: request, charged: hold.handOver(of: peer), span: span))
        case .close: drain()
        }
    }

    private func fail(with response: Response) {
        carryOut(state.fail(with: response, at: loop.now))
    }

    private func carryOut(_ failure: ConnectionState.Failure) {
        switch failure {
        case .ignore:
            break
        case .close:
            close()
        case .respond(let response, let endpoint):
            count(response, endpoint)
            releaseMemory()
            write()
            flush()
        }
    }

    private func count(_ response: Response, _ endpoint: EndpointEntry?) {
        (endpoint?.responses ?? receiver.metrics.withoutEndpoint).count(response.kind)
    }
}

// MARK: - Verification

extension ConnectionHandler {
    /// A complete request whose verification is under way.
    private struct PendingVerification {
        let request: IncomingRequest
        /// The bytes that the budget holds for it until it has its response.
        let charged: Int
        /// Its span; `nil` where nobody traces.
        let span: RequestSpan?

        var endpoint: ReceiverEndpoint {
            request.endpoint.endpoint
        }
    }

    /// Verifies and names a request: here, or on another thread where it would take long.
    private func verify(_ pending: PendingVerification) {
        let endpoint = pending.endpoint
        let request = pending.request.complete
        let now = receiver.now()
        guard request.body.count > VerificationResult.longBody else {
            return finishVerification(pending, .of(request, endpoint: endpoint, now: now))
        }
        loop.offload {
            VerificationResult.of(request, endpoint: endpoint, now: now)
        } then: { result in
            switch result {
            case .success(let result): self.finishVerification(pending, result)
            case .failure: self.reject(pending, with: .unavailable)
            }
            self.flush()
        }
    }

    private func finishVerification(_ pending: PendingVerification, _ result: VerificationResult) {
        let endpoint = pending.endpoint
        switch result {
        case .refused(let refusal):
            receiver.metrics.countRefusal(endpoint: endpoint.name.rawValue, reason: refusal.reason)
            receiver.refusals.refused(endpoint: endpoint.name.rawValue, refusal, at: loop.now)
            note(refusal, of: endpoint)
            reject(pending, with: .refused(endpoint.refusalStatus))
        case .handshake(let response):
            reject(pending, with: .handshake(response))
        case .authentic where loop.isDraining:
            reject(pending, with: .shuttingDown)
        case .authentic(let identity, let unreadable, let secret):
            pending.request.endpoint.secrets.count(secret)
            guard receiver.budget.takeRequest() else {
                return reject(pending, with: .overloaded)
            }
            if let unreadable {
                receiver.unreadable.record(endpoint: endpoint.name.rawValue, unreadable.kind, at: loop.now)
            }
            submit(pending, identity)
        }
    }

    private func note(_ refusal: Refusal, of endpoint: ReceiverEndpoint) {
        receiver.notes.refused(
            .init(
                endpoint: endpoint.name,
                at: receiver.now(),
                reason: refusal.reason,
                peer: context?.channel.remoteAddress?.ipAddress,
                lookedFor: refusal.neededHeaders,
                found: refusal.foundHeaders + refusal.headersInstead
            )
        )
    }

    private func submit(_ pending: PendingVerification, _ identity: DeliveryIdentity) {
        let request = pending.request
        let endpoint = pending.endpoint
        receiver.metrics.receivedBytes.increment(by: request.body.bytes.count)
        let delivery = IncomingDelivery(
            endpoint: endpoint.name,
            source: endpoint.source,
            identity: identity,
            headers: endpoint.kept(request.head.headers),
            body: request.body.bytes
        )
        let waiter = PendingResponse(
            connection: self,
            request: request.number,
            endpoint: request.endpoint,
            spans: pending.span.map { ($0, $0.commit()) }
        )
        loop.submit(delivery, charged: pending.charged, for: waiter)
    }

    /// Responds to a complete request that is not stored.
    private func reject(_ pending: PendingVerification, with response: Response) {
        receiver.budget.release(bytes: pending.charged)
        pending.request.endpoint.responses.count(response.kind)
        pending.span?.ended(with: response)
        respond(to: pending.request.number, with: response, closes: response == .shuttingDown)
    }
}

// MARK: - Writing and reading

extension ConnectionHandler {
    private func write() {
        guard let context else { return }
        while let output = state.nextOutput(isDraining: loop.isDraining, at: loop.now) {
            var buffer = context.channel.allocator.buffer(capacity: 256)
            switch output {
            case .goOn:
                buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
                context.write(wrapOutboundOut(buffer), promise: nil)
            case .response(let response, let form), .last(let response, let form, closes: false):
                loop.encoder.write(response, form, into: &buffer)
                context.write(wrapOutboundOut(buffer), promise: nil)
            case .last(let response, let form, closes: true):
                loop.encoder.write(response, form, into: &buffer)
                let written = context.eventLoop.makePromise(of: Void.self)
                written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
                context.write(wrapOutboundOut(buffer), promise: written)
            }
        }
    }

    private func resumeReading() {
        guard let context, state.resumesReading(isWritable: context.channel.isWritable, at: loop.now) else { return }
        context.read()
    }
}

// MARK: - Memory

extension ConnectionHandler {
    /// Takes note that bytes went through the decoder, which keeps what is not complete.
    func pieceDecoded(_ count: Int) {
        decoder.pieceEnded(count)
        guard context != nil, !chargeMemory(decoder.memory + (state.requestMemory ?? 0)) else { return }
        if state.readsRequests {
            fail(with: .overloaded)
        } else {
            close()
        }
    }

    /// Charges for the memory that the connection needs now; where there is no room, slow senders have to make it.
    ///
    /// - Returns: True where there is room. If not, this connection may be one of those that had to go.
    private func chargeMemory(_ total: Int) -> Bool {
        let held = hold.bytes
        guard total != held else { return true }
        guard let shortage = hold.resize(to: total, of: peer, in: receiver.budget) else {
            if total > held, receiver.budget.isPressed || peer.isPressed {
                receiver.relief.request()
            }
            return true
        }
        receiver.relief.request()
        loop.relieve(shortage)
        guard context != nil, state.readsRequests else { return false }
        return hold.resize(to: total, of: peer, in: receiver.budget) == nil
    }

    /// Releases all memory of the request that is not complete.
    private func releaseMemory() {
        _ = hold.resize(to: 0, of: peer, in: receiver.budget)
    }
}
