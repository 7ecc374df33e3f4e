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
    func begin(_ head: HTTPRequestHead) {
        let facts = RequestFacts(head)
        let headBytes = facts.headers.wire.count + head.uri.utf8.count
        undecoded = 0
        decodedBytes += headBytes
        guard clock.phase != .lingering else { return }
        let keepsAlive = head.isKeepAlive && !facts.offersUpgrade && head.method != .CONNECT
        let form = AnswerForm(
            keepsAlive: keepsAlive,
            isHTTP10: head.version == .http1_0,
            omitsBody: head.method == .HEAD
        )
        switch Admission.decide(facts, for: intake.endpoints[target: head.uri], isDraining: loop.isDraining) {
        case .receive(let endpoint):
            request = IncomingRequest(
                number: answers.open(form, wantsContinue: facts.expectsContinue && facts.longestBody > 0),
                endpoint: endpoint,
                headers: facts.headers,
                headBytes: headBytes,
                announced: facts.contentLength,
                keepsAlive: keepsAlive
            )
            // The exact time: the slowest are told apart by what they send in a second.
            clock.enter(.body, at: .now())
            writeContinueIfDue()
        case .reject(let answer, let endpoint):
            let number = answers.open(form)
            (endpoint?.answers ?? intake.metrics.withoutEndpoint).count(answer.kind)
            if answer == .unknownEndpoint {
                intake.refusals.unknownEndpoint(head.uri, at: loop.now)
            }
            if keepsAlive, !facts.expectsContinue, facts.longestBody <= Self.discardedBody, answer.allowsReuse {
                clock.enter(.discarding, at: loop.now)
            } else {
                stopReading(leavingUnread: facts.longestBody > 0)
            }
            self.answer(number, with: answer, closes: clock.phase == .lingering)
        }
    }

    /// Takes a part of a body.
    func receive(_ part: ByteBuffer) {
        let count = part.readableBytes
        clock.received(count)
        decodedBytes += count
        // In place: a copy of the request would make every part copy the whole body.
        guard request != nil else { return }
        if let answer = request?.refusal(ofFurther: count) {
            return giveUp(with: answer)
        }
        let capacity = request?.capacity(with: count) ?? 0
        guard chargeMemory((request?.headBytes ?? 0) + capacity) else { return giveUp(with: .overloaded) }
        request?.body.append(part, capacity: capacity)
    }

    /// Takes the end of a request.
    func endRequest() {
        guard request != nil else {
            if clock.phase == .discarding {
                becomeIdle()
            }
            return
        }
        guard chargeMemory(requestMemory), var request else { return giveUp(with: .overloaded) }
        self.request = nil
        undecoded = 0
        request.charged = hold.handOver(of: peer)
        if request.keepsAlive {
            clock.enter(.idle, at: loop.now)
        } else {
            stopReading(leavingUnread: false)
        }
        judge(request)
    }

    /// Gives the room of an unfinished request back.
    func dropRequest() {
        request = nil
        releaseMemory()
    }

    /// Verifies and names a request: here, or on another thread where it would take long.
    private func judge(_ request: IncomingRequest) {
        let endpoint = request.endpoint.endpoint
        let headers = request.headers
        let body = request.body.bytes
        let now = intake.now()
        guard body.count > Judgement.longBody else {
            return settle(request, Judgement.of(headers: headers, body: body, endpoint: endpoint, now: now))
        }
        loop.offload {
            Judgement.of(headers: headers, body: body, endpoint: endpoint, now: now)
        } then: { result in
            switch result {
            case .success(let judgement): self.settle(request, judgement)
            case .failure: self.reject(request, with: .unavailable)
            }
            self.flushAnswers()
        }
    }

    private func settle(_ request: IncomingRequest, _ judgement: Judgement) {
        let endpoint = request.endpoint.endpoint
        switch judgement {
        case .refused(let refusal):
            intake.metrics.countRefusal(endpoint: endpoint.name.rawValue, reason: refusal.reason)
            intake.refusals.refused(endpoint: endpoint.name.rawValue, reason: refusal.reason, at: loop.now)
            reject(request, with: .refused(endpoint.refusalStatus))
        case .authentic where loop.isDraining:
            reject(request, with: .shuttingDown)
        case .authentic(let identity, let unreadable):
            guard intake.budget.takeRequest() else {
                return reject(request, with: .overloaded)
            }
            if let unreadable {
                intake.unreadable.record(endpoint: endpoint.name.rawValue, unreadable.kind, at: loop.now)
            }
            intake.metrics.receivedBytes.increment(by: request.body.bytes.count)
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
                counters: request.endpoint.answers
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
    private func reject(_ request: IncomingRequest, with answer: Answer) {
        intake.budget.giveBack(bytes: request.charged)
        request.endpoint.answers.count(answer.kind)
        self.answer(request.number, with: answer, closes: answer == .shuttingDown)
    }
}
