import NIOCore

extension Connection {
    /// Answers a request; the answer is written when those before it have been, and sent by ``flushResponses()``.
    func response(_ number: UInt64, with response: Response, closes: Bool = false) {
        responses.fill(number, with: response, closes: closes)
        writeResponses()
    }

    /// Sends what was written, and reads on where answers were waited for.
    func flushResponses() {
        guard let context else { return }
        if needsFlush {
            needsFlush = false
            context.flush()
            if hasEnded, leavesInputUnread {
                context.close(mode: .output, promise: nil)
            }
        }
        readIfWanted()
    }

    /// Answers the request that is being read, or what should have been one, and reads no further.
    func giveUp(with response: Response) {
        guard timer.phase != .lingering else { return }
        guard timer.phase != .discarding else {
            // It was answered before its end came; there is nothing more to say.
            context?.close(promise: nil)
            return
        }
        let number = request?.number ?? responses.open(.last)
        (request?.endpoint.responses ?? receiver.metrics.withoutEndpoint).count(response.kind)
        dropRequest()
        stopReading(leavingUnread: true)
        self.response(number, with: response, closes: true)
        flushResponses()
    }

    /// Looks at nothing more that the sender sends.
    ///
    /// - Parameter leavesUnread: Whether it may still be sending. Then the connection is only half closed after the last
    ///   answer: closing it at once would reset it, and the sender might never see that answer.
    func stopReading(leavingUnread leavesUnread: Bool) {
        timer.enter(.lingering, at: loop.now)
        leavesInputUnread = leavesUnread
    }

    /// Waits for the next request.
    func becomeIdle() {
        timer.enter(.idle, at: loop.now)
        if loop.isDraining {
            drain()
        }
    }

    /// The sender sends nothing more; it may still want its answers.
    func senderHungUp() {
        if hasEnded, !leavesInputUnread {
            return
        }
        if hasEnded || responses.isEmpty {
            context?.close(promise: nil)
        } else {
            responses.closeAfterLast()
            stopReading(leavingUnread: false)
        }
    }

    /// Tells a sender that waits for it to send the body.
    func writeContinueIfDue() {
        guard let context, responses.takeContinue() else { return }
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        context.write(wrapOutboundOut(buffer), promise: nil)
        needsFlush = true
    }

    private func writeResponses() {
        guard let context else { return }
        while !hasEnded, let (response, form) = responses.next() {
            var form = form
            if loop.isDraining, responses.isEmpty, timer.phase == .idle {
                form.keepsAlive = false
                stopReading(leavingUnread: false)
            }
            var buffer = context.channel.allocator.buffer(capacity: 256)
            loop.encoder.write(response, form, into: &buffer)
            needsFlush = true
            if form.keepsAlive {
                context.write(wrapOutboundOut(buffer), promise: nil)
            } else {
                writeLast(buffer, context)
            }
        }
        if responses.isEmpty, timer.phase == .idle || timer.phase == .lingering {
            timer.enter(timer.phase, at: loop.now)
        }
        writeContinueIfDue()
    }

    private func writeLast(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        hasEnded = true
        guard !leavesInputUnread else {
            return context.write(wrapOutboundOut(buffer), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated()
            .whenComplete { _ in
                context.close(promise: nil)
            }
        context.write(wrapOutboundOut(buffer), promise: written)
    }
}
