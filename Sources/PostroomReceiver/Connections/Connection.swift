import NIOCore
import NIOHTTP1

/// One connection: reads requests, lets them be committed, and answers them in order.
///
/// It is a channel handler behind NIO's HTTP decoder, and lives on one event loop. Several requests of a connection may
/// be under way; beyond a bound it is not read from. This file holds what the channel calls; requests and answers have
/// theirs.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: EventLoopState
    /// The address that it comes from, and what that holds.
    let peer: Peer
    var context: ChannelHandlerContext?
    var timer: ReadTimer
    var request: IncomingRequest?
    var responses = ResponseQueue()
    /// Answers were written and not yet flushed.
    var needsFlush = false
    /// The connection ends while its sender may still be sending.
    var leavesInputUnread = false
    /// The last answer was written.
    var hasEnded = false
    /// What it was given of the memory, for a request that is not complete.
    var hold = MemoryHold()
    /// How many bytes the decoder keeps, because they are no part yet.
    var undecoded = 0
    /// How many bytes and parts the decoder has made of the piece that it is given now.
    var decodedBytes = 0
    var decodedParts = 0
    private(set) var holdsRead = false
    private var sawParts = false

    init(loop: EventLoopState, peer: Peer) {
        self.loop = loop
        self.peer = peer
        self.timer = ReadTimer(at: loop.now)
    }

    var receiver: ReceiverContext {
        loop.receiver
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        dropRequest()
        loop.remove(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawParts = true
        decodedParts += 1
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head)
        case .body(let part): receive(part)
        case .end: endRequest()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawParts, timer.phase == .idle {
            // Bytes came that are no part yet: the beginning of a head.
            timer.enter(.head, at: loop.now)
        }
        sawParts = false
        flushResponses()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readIfWanted()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            senderHungUp()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HTTPParserError where timer.phase == .lingering, is ByteToMessageDecoderError: break
        case HTTPParserError.headerOverflow: giveUp(with: .headerTooLarge)
        case is HTTPParserError: giveUp(with: .malformed)
        default: context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            holdsRead = true
        }
    }

    /// Reads on where reading was held back and may go on.
    func readIfWanted() {
        guard holdsRead, mayRead, let context else { return }
        holdsRead = false
        // The sender is not to blame for the time in which it was not read from.
        timer.enter(timer.phase, at: loop.now)
        context.read()
    }

    private var mayRead: Bool {
        guard let context else { return false }
        return responses.count < receiver.configuration.limits.pipelinedRequests && context.channel.isWritable
    }

    /// Looks at the time.
    func checkTime(isCrowded: Bool) {
        guard timer.isOverdue(at: loop.now, receiver.timeouts, isCrowded: isCrowded) else { return }
        switch timer.phase {
        case .head where holdsRead && !responses.isEmpty, .body where holdsRead && !responses.isEmpty:
            timer.enter(timer.phase, at: loop.now)
        case .firstHead, .idle, .lingering:
            guard responses.isEmpty else { return }
            context?.close(promise: nil)
        case .discarding:
            context?.close(promise: nil)
        case .head, .body:
            giveUp(with: .timedOut)
        }
    }

    /// Ends the connection as soon as it owes nothing.
    func drain() {
        guard responses.isEmpty, timer.phase == .idle || timer.phase == .firstHead else { return }
        flushResponses()
        context?.close(promise: nil)
    }

    /// Ends the connection whatever it owes.
    func close() {
        context?.close(promise: nil)
    }
}
