import NIOCore

/// The state of one HTTP connection: the part of a request that is read, the responses that are
/// owed, and the time for which the sender is waited for.
///
/// It does no I/O. Each event has a method that moves the state on and returns the action for the channel handler.
///
///     firstHead ─┐               ┌─▶ body ───────┬─▶ idle ─ first bytes ─▶ head
///     idle ──────┼─ head is read ┼─▶ discarding ─┘
///     head ──────┘               └─▶ closing ─ the last response is written ─▶ ended
///
/// Every failure and every request that asks for it leads to `closing`, in which nothing more is read as HTTP.
struct ConnectionState: ~Copyable {
    /// The part of a request that is read now.
    enum Phase: ~Copyable {
        /// The first request of the connection; nothing of it has been read as a part.
        case firstHead
        /// Another request, of which nothing has come.
        case idle
        /// The rest of a head.
        case head
        /// The rest of the body of a request.
        case body(IncomingRequest)
        /// The rest of a body whose request was answered without it.
        case discarding
        /// Nothing, while responses are owed.
        case closing(leavesInputUnread: Bool)
        /// Nothing, since the last response was written; the sender may still be reading it.
        case ended(leavesInputUnread: Bool)

        /// A phase without what belongs to it.
        enum Kind {
            case firstHead, idle, head, body, discarding, closing, ended
        }

        var kind: Kind {
            switch self {
            case .firstHead: .firstHead
            case .idle: .idle
            case .head: .head
            case .body: .body
            case .discarding: .discarding
            case .closing: .closing
            case .ended: .ended
            }
        }

        /// Enters another phase, and returns this one.
        mutating func exchange(_ next: consuming Phase) -> Phase {
            let former = consume self
            self = next
            return former
        }
    }

    private(set) var phase = Phase.firstHead
    private var timer: ReadTimer
    private var responses = ResponseQueue()
    /// The most responses that may be owed while more is read.
    private let pipelinedRequests: Int
    /// True where the decoder made a part of what was read last.
    private var sawParts = false
    /// True where a read was asked for and held back.
    private var holdsRead = false
    /// True where something was written and not yet flushed.
    private var needsFlush = false

    /// A body up to this long is read to its end although its request was answered without it, so that the connection
    /// can be used again.
    static let discardedBody = 64 * 1024

    /// Begins with a connection that was just opened.
    ///
    /// - Parameters:
    ///   - pipelinedRequests: The most responses that may be owed while more is read.
    ///   - now: The time.
    init(pipelinedRequests: Int, at now: NIODeadline) {
        self.pipelinedRequests = pipelinedRequests
        timer = ReadTimer(at: now)
    }
}

// MARK: - Requests

extension ConnectionState {
    /// The reaction to a head.
    enum HeadAction {
        /// The connection is closing; the head is not looked at.
        case ignore
        /// The body is received.
        case receive
        /// The request has its response already.
        case reject(Response, EndpointEntry?)
    }

    /// The reaction to a part of a body.
    enum BodyAction {
        /// The part is dropped.
        case ignore
        /// The part is kept, where there is that much memory for the request.
        case hold(memory: Int)
        /// The body is too long.
        case fail(Failure)
    }

    /// The reaction to the end of a request.
    enum EndAction {
        /// There is nothing to do.
        case ignore
        /// The request is complete.
        case verify(IncomingRequest)
        /// The connection owes nothing and the receiver is going away.
        case close
    }

    /// The reaction to something that ends a connection.
    enum Failure {
        /// The connection is closing already.
        case ignore
        /// The sender has its response; nothing more is said.
        case close
        /// The response is counted and written as the last one, and the memory of an unfinished request is released.
        case respond(Response, EndpointEntry?)
    }

    /// Takes the head of a request.
    mutating func headReceived(_ head: RequestHead, _ admission: Admission, at now: NIODeadline) -> HeadAction {
        sawParts = true
        guard readsRequests else { return .ignore }
        timer.restart(at: now)
        switch admission {
        case .receive(let endpoint):
            let wantsContinue = head.expectsContinue && head.longestBody > 0
            let number = responses.open(head.form, wantsContinue: wantsContinue)
            phase = .body(IncomingRequest(number: number, endpoint: endpoint, head: head))
            return .receive
        case .reject(let response, let endpoint):
            let discards =
                head.form.keepsAlive && !head.expectsContinue && head.longestBody <= Self.discardedBody
                && response.allowsReuse
            let number = responses.open(head.form)
            responses.fill(number, with: response, closes: !discards)
            phase = discards ? .discarding : .closing(leavesInputUnread: head.longestBody > 0)
            return .reject(response, endpoint)
        }
    }

    /// Takes note that a part of a body came.
    mutating func bodyReceived(_ count: Int, at now: NIODeadline) -> BodyAction {
        sawParts = true
        timer.received(count)
        let limit: Int
        switch phase {
        case .body(let request):
            limit = request.endpoint.endpoint.bodyLimit
            guard request.body.bytes.count + count > limit else { return .hold(memory: request.memory(with: count)) }
        default:
            return .ignore
        }
        return .fail(fail(with: .tooLarge(limit: limit), at: now))
    }

    /// Keeps a part of a body for which there is memory.
    mutating func append(_ part: ByteBuffer) {
        switch phase.exchange(.idle) {
        case .body(var request):
            request.append(part)
            phase = .body(request)
        case let other:
            phase = other
        }
    }

    /// Takes the end of a request.
    mutating func endReceived(isDraining: Bool, at now: NIODeadline) -> EndAction {
        sawParts = true
        switch phase.exchange(.idle) {
        case .body(let request):
            if !request.head.form.keepsAlive {
                phase = .closing(leavesInputUnread: false)
            }
            timer.restart(at: now)
            return .verify(request)
        case .discarding:
            timer.restart(at: now)
            return isDraining && responses.isEmpty ? .close : .ignore
        case let other:
            phase = other
            return .ignore
        }
    }

    /// Ends the connection with a response to the request that is being read, or to what should have been one.
    mutating func fail(with response: Response, at now: NIODeadline) -> Failure {
        let number: UInt64
        let endpoint: EndpointEntry?
        switch phase {
        case .body(let request):
            number = request.number
            endpoint = request.endpoint
        case .discarding:
            return .close
        case .closing:
            return .ignore
        case .ended:
            return .ignore
        default:
            number = responses.open(.last)
            endpoint = nil
        }
        responses.fill(number, with: response, closes: true)
        phase = .closing(leavesInputUnread: true)
        timer.restart(at: now)
        return .respond(response, endpoint)
    }

    /// Answers a complete request, or one that is not read to its end.
    ///
    /// - Parameters:
    ///   - number: The request's number.
    ///   - response: The response; one to a request that has one already changes nothing.
    ///   - closes: True where the connection ends with it, whatever its request asked for.
    mutating func respond(to number: UInt64, with response: Response, closes: Bool = false) {
        responses.fill(number, with: response, closes: closes)
    }
}

// MARK: - Writing

extension ConnectionState {
    /// Something to be written.
    enum Output: Hashable {
        /// 100: the sender waits for it before it sends the body.
        case goOn
        /// A response, after which the connection goes on.
        case response(Response, ResponseForm)
        /// The last response; the connection is closed once it is written, unless the sender may still be sending.
        case last(Response, ResponseForm, closes: Bool)
    }

    /// The reaction to the end of a turn of writing.
    enum FlushAction: Hashable {
        case nothing
        case flush
        /// Flushes and closes for writing alone: closing at once would reset the connection, and a sender that still
        /// sends might never see its response.
        case flushAndCloseOutput
    }

    /// Takes what is to be written next.
    ///
    /// - Parameters:
    ///   - isDraining: True where the receiver is going away.
    ///   - now: The time.
    /// - Returns: The next response in the order of requests, or a 100 that is due; `nil` where there is none.
    mutating func nextOutput(isDraining: Bool, at now: NIODeadline) -> Output? {
        guard !hasEnded else { return nil }
        guard let (response, requestedForm) = responses.next() else {
            guard responses.takeContinue() else { return nil }
            needsFlush = true
            return .goOn
        }
        needsFlush = true
        var form = requestedForm
        var isUnread = false
        switch phase {
        case .idle where responses.isEmpty:
            timer.restart(at: now)
            form.keepsAlive = form.keepsAlive && !isDraining
        case .closing(let leavesInputUnread):
            isUnread = leavesInputUnread
        default:
            break
        }
        guard !form.keepsAlive else { return .response(response, form) }
        phase = .ended(leavesInputUnread: isUnread)
        timer.restart(at: now)
        return .last(response, form, closes: !isUnread)
    }

    /// Ends a turn of writing.
    mutating func flush() -> FlushAction {
        guard needsFlush else { return .nothing }
        needsFlush = false
        switch phase {
        case .ended(leavesInputUnread: true): return .flushAndCloseOutput
        default: return .flush
        }
    }
}

// MARK: - Reading

extension ConnectionState {
    /// Takes note that all that was read has gone through the decoder.
    mutating func readCompleted(at now: NIODeadline) {
        defer { sawParts = false }
        guard !sawParts, phase.kind == .idle else { return }
        // Bytes came that are no part yet: the beginning of a head.
        phase = .head
        timer.restart(at: now)
    }

    /// Decides whether to read now; what is held back is resumed by ``resumesReading(isWritable:at:)``.
    mutating func readRequested(isWritable: Bool) -> Bool {
        holdsRead = !mayRead(isWritable)
        return !holdsRead
    }

    /// Decides whether a read that was held back is due.
    mutating func resumesReading(isWritable: Bool, at now: NIODeadline) -> Bool {
        guard holdsRead, mayRead(isWritable) else { return false }
        holdsRead = false
        // The sender is not to blame for the time in which it was not read from.
        timer.restart(at: now)
        return true
    }

    /// Takes note that the sender sends nothing more; it may still want its responses.
    ///
    /// - Returns: True where to close the connection.
    mutating func inputClosed() -> Bool {
        switch phase {
        case .ended(let leavesInputUnread): return leavesInputUnread
        default: break
        }
        guard !responses.isEmpty else { return true }
        responses.closeAfterLast()
        phase = .closing(leavesInputUnread: false)
        return false
    }

    private func mayRead(_ isWritable: Bool) -> Bool {
        responses.count < pipelinedRequests && isWritable
    }

    /// True where what the sender sends is read as HTTP.
    var readsRequests: Bool {
        switch phase.kind {
        case .closing, .ended: false
        default: true
        }
    }

    /// True where the last response was written.
    var hasEnded: Bool {
        phase.kind == .ended
    }

    /// The memory that the unfinished request takes; `nil` where there is none.
    var requestMemory: Int? {
        switch phase {
        case .body(let request): request.memory
        default: nil
        }
    }
}

// MARK: - Time

extension ConnectionState {
    /// The reaction to the time.
    enum TimeAction {
        case wait
        case close
        case fail(Failure)
    }

    /// Looks at the time, and gives a sender up that has been waited for long enough.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - timeouts: The times that senders are waited for.
    ///   - isCrowded: True where there are so many connections that those without a whole head have to go.
    /// - Returns: The action.
    mutating func timeChecked(at now: NIODeadline, _ timeouts: ReadTimeouts, isCrowded: Bool) -> TimeAction {
        guard isOverdue(at: now, timeouts, isCrowded: isCrowded) else { return .wait }
        switch phase.kind {
        case .firstHead, .idle: return responses.isEmpty ? .close : .wait
        case .discarding, .ended: return .close
        case .closing: return .wait
        case .head, .body: break
        }
        guard holdsRead, !responses.isEmpty else { return .fail(fail(with: .timedOut, at: now)) }
        timer.restart(at: now)
        return .wait
    }

    private mutating func isOverdue(at now: NIODeadline, _ timeouts: ReadTimeouts, isCrowded: Bool) -> Bool {
        let waited = timer.age(at: now)
        switch phase.kind {
        case .firstHead, .head: return waited >= timeouts.header(isCrowded: isCrowded)
        case .idle: return waited >= timeouts.idle(isCrowded: isCrowded)
        case .body, .discarding: return waited >= timeouts.body || timer.isStalled(at: now, timeouts)
        // Responses that are owed have a timeout of their own.
        case .closing: return false
        case .ended: return waited >= timeouts.linger
        }
    }

    /// True where the connection can be closed because the receiver is going away: it owes nothing, and no request is being
    /// read.
    var canDrain: Bool {
        switch phase.kind {
        case .firstHead, .idle: responses.isEmpty
        default: false
        }
    }

    /// The bytes that the sender sends in a second.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - undecoded: The bytes of a head that have come.
    /// - Returns: The speed; `nil` where the sender is new, or waits for us.
    func speed(at now: NIODeadline, undecoded: Int) -> Double? {
        let age = timer.age(at: now)
        guard !holdsRead, age >= Relief.grace else { return nil }
        return phase.kind == .body ? timer.speed(at: now) : ReadTimer.speed(undecoded, in: age)
    }
}
