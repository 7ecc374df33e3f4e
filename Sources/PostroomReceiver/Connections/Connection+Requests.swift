import CoreMetrics
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostroomCore
import PostroomQueue

extension Connection {
    /// A body up to this long is read to its end although its request was answered without it, so that the connection
    /// can be used again.
    private static let discardedBody = 64 * 1024

    /// Takes the head of a request.
    func begin(_ head: HTTPRequestHead) {
        guard clock.phase != .lingering else { return }
        let facts = RequestFacts(head)
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
                announced: facts.contentLength,
                keepsAlive: keepsAlive
            )
            clock.enter(.body, at: loop.now)
            writeContinueIfDue()
        case .reject(let answer, let endpoint):
            let number = answers.open(form)
            (endpoint?.answers ?? intake.metrics.withoutEndpoint).count(answer.kind)
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
        clock.received(part.readableBytes)
        // In place: a copy of the request would make every part copy the whole body.
        guard let answer = request?.take(part, budget: intake.budget) else { return }
        giveUp(with: answer)
    }

    /// Takes the end of a request.
    func endRequest() {
        guard let request else {
            if clock.phase == .discarding {
                becomeIdle()
            }
            return
        }
        self.request = nil
        if request.keepsAlive {
            clock.enter(.idle, at: loop.now)
        } else {
            stopReading(leavingUnread: false)
        }
        judge(request)
    }

    /// Gives the room of an unfinished request back.
    func dropRequest() {
        guard let request else { return }
        intake.budget.giveBack(bytes: request.body.charged)
        self.request = nil
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
            intake.refusals.record(endpoint: endpoint.name.rawValue, reason: refusal.reason, at: loop.now)
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
                        charged: request.body.charged,
                        since: loop.now,
                        waiter: waiter
                    )
            )
        }
    }

    /// Answers a complete request that is not stored.
    private func reject(_ request: IncomingRequest, with answer: Answer) {
        intake.budget.giveBack(bytes: request.body.charged)
        request.endpoint.answers.count(answer.kind)
        self.answer(request.number, with: answer, closes: answer == .shuttingDown)
    }
}
