import CoreMetrics
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostroomCore

extension Connection {
    /// A body up to this long is read to its end although its request was answered without it, so that the connection
    /// can be used again.
    private static let discardedBody = 64 * 1024

    /// Takes the head of a request.
    func begin(_ parsed: HTTPRequestHead) {
        let head = RequestHead(parsed)
        let headBytes = head.headers.wire.count + parsed.uri.utf8.count
        undecoded = 0
        decodedBytes += headBytes
        guard timer.phase != .lingering else { return }
        let keepsAlive = parsed.isKeepAlive && !head.offersUpgrade && parsed.method != .CONNECT
        let form = ResponseForm(
            keepsAlive: keepsAlive,
            isHTTP10: parsed.version == .http1_0,
            omitsBody: parsed.method == .HEAD
        )
        switch Admission.decide(head, for: receiver.endpoints[target: parsed.uri], isDraining: loop.isDraining) {
        case .receive(let endpoint):
            request = IncomingRequest(
                number: responses.open(form, wantsContinue: head.expectsContinue && head.longestBody > 0),
                endpoint: endpoint,
                headers: head.headers,
                headBytes: headBytes,
                announced: head.contentLength,
                keepsAlive: keepsAlive
            )
            // The exact time: the slowest are told apart by what they send in a second.
            timer.enter(.body, at: .now())
            writeContinueIfDue()
        case .reject(let response, let endpoint):
            let number = responses.open(form)
            (endpoint?.responses ?? receiver.metrics.withoutEndpoint).count(response.kind)
            if response == .unknownEndpoint {
                receiver.refusals.unknownEndpoint(parsed.uri, at: loop.now)
            }
            if keepsAlive, !head.expectsContinue, head.longestBody <= Self.discardedBody, response.allowsReuse {
                timer.enter(.discarding, at: loop.now)
            } else {
                stopReading(leavingUnread: head.longestBody > 0)
            }
            self.response(number, with: response, closes: timer.phase == .lingering)
        }
    }

    /// Takes a part of a body.
    func receive(_ part: ByteBuffer) {
        let count = part.readableBytes
        timer.received(count)
        decodedBytes += count
        // In place: a copy of the request would make every part copy the whole body.
        guard request != nil else { return }
        if let response = request?.refusal(ofFurther: count) {
            return giveUp(with: response)
        }
        let capacity = request?.capacity(with: count) ?? 0
        guard chargeMemory((request?.headBytes ?? 0) + capacity) else { return giveUp(with: .overloaded) }
        request?.body.append(part, capacity: capacity)
    }

    /// Takes the end of a request.
    func endRequest() {
        guard request != nil else {
            if timer.phase == .discarding {
                becomeIdle()
            }
            return
        }
        guard chargeMemory(requestMemory), var request else { return giveUp(with: .overloaded) }
        self.request = nil
        undecoded = 0
        request.charged = hold.handOver(of: peer)
        if request.keepsAlive {
            timer.enter(.idle, at: loop.now)
        } else {
            stopReading(leavingUnread: false)
        }
        verify(request)
    }

    /// Gives the room of an unfinished request back.
    func dropRequest() {
        request = nil
        releaseMemory()
    }

    /// Verifies and names a request: here, or on another thread where it would take long.
    private func verify(_ request: IncomingRequest) {
        let endpoint = request.endpoint.endpoint
        let headers = request.headers
        let body = request.body.bytes
        let now = receiver.now()
        guard body.count > VerificationResult.longBody else {
            return finishVerification(
                request,
                VerificationResult.of(headers: headers, body: body, endpoint: endpoint, now: now)
            )
        }
        loop.offload {
            VerificationResult.of(headers: headers, body: body, endpoint: endpoint, now: now)
        } then: { result in
            switch result {
            case .success(let result): self.finishVerification(request, result)
            case .failure: self.reject(request, with: .unavailable)
            }
            self.flushResponses()
        }
    }

    private func finishVerification(_ request: IncomingRequest, _ result: VerificationResult) {
        let endpoint = request.endpoint.endpoint
        switch result {
        case .refused(let refusal):
            receiver.metrics.countRefusal(endpoint: endpoint.name.rawValue, reason: refusal.reason)
            receiver.refusals.refused(endpoint: endpoint.name.rawValue, reason: refusal.reason, at: loop.now)
            reject(request, with: .refused(endpoint.refusalStatus))
        case .authentic where loop.isDraining:
            reject(request, with: .shuttingDown)
        case .authentic(let identity, let unreadable):
            guard receiver.budget.takeRequest() else {
                return reject(request, with: .overloaded)
            }
            if let unreadable {
                receiver.unreadable.record(endpoint: endpoint.name.rawValue, unreadable.kind, at: loop.now)
            }
            receiver.metrics.receivedBytes.increment(by: request.body.bytes.count)
            let delivery = IncomingDelivery(
                endpoint: endpoint.name,
                source: endpoint.source,
                identity: identity,
                headers: endpoint.kept(request.headers),
                body: request.body.bytes
            )
            let waiter = Waiter(
                connection: NIOLoopBound(self, eventLoop: loop.eventLoop),
                request: request.number,
                counters: request.endpoint.responses
            )
            loop.submit(
                GroupCommitter<Waiter>
                    .Request(
                        delivery: delivery,
                        charged: request.charged,
                        since: loop.now,
                        waiter: waiter
                    )
            )
        }
    }

    /// Answers a complete request that is not stored.
    private func reject(_ request: IncomingRequest, with response: Response) {
        receiver.budget.release(bytes: request.charged)
        request.endpoint.responses.count(response.kind)
        self.response(request.number, with: response, closes: response == .shuttingDown)
    }
}
