import CoreMetrics
import NIOCore

extension Connection {
    /// How much longer than its parts a piece of HTTP may be without being taken for the beginning of something: line
    /// ends, the version, and for each part the frame of its chunk.
    private static let frame = (piece: 512, part: 16)

    /// Takes note that bytes went through the decoder, which keeps what is not complete: heads, and trailers.
    ///
    /// The decoder does not tell how much it keeps. It is what came beyond the parts that it made of it, and no more than
    /// a head may have. It counts twice, because fields are kept as text beside the bytes that they are read from.
    func didDecode(_ count: Int) {
        defer {
            decodedBytes = 0
            decodedParts = 0
        }
        guard context != nil else { return }
        let rest = max(0, count - decodedBytes)
        if decodedParts == 0 {
            undecoded = min(undecoded + rest, receiver.configuration.limits.headerBytes)
        } else {
            undecoded = rest > Self.frame.piece + Self.frame.part * decodedParts ? rest : 0
        }
        guard !chargeMemory(undecoded * 2 + requestMemory) else { return }
        if timer.phase == .lingering {
            close()
        } else {
            giveUp(with: .overloaded)
        }
    }

    /// The memory that the request takes whose body is being received.
    var requestMemory: Int {
        request.map { $0.headBytes + $0.body.capacity } ?? 0
    }

    /// Charges for the memory that the connection needs now; where there is no room, slow senders have to make it.
    ///
    /// - Returns: Whether there is room. If not, this connection may be one of those that had to go.
    func chargeMemory(_ total: Int) -> Bool {
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
        guard context != nil, timer.phase != .lingering else { return false }
        return hold.resize(to: total, of: peer, in: receiver.budget) == nil
    }

    /// Gives all memory back.
    func releaseMemory() {
        undecoded = 0
        _ = hold.resize(to: 0, of: peer, in: receiver.budget)
    }

    /// What tells whether this sender has to go before others; `nil` where it holds nothing, is new, or waits for us.
    func slowness(at now: NIODeadline) -> SlowSender? {
        guard hold.bytes > 0, !holdsRead, timer.age(at: now) >= Relief.grace else { return nil }
        let seconds = Double(timer.age(at: now).nanoseconds) / 1e9
        let speed = timer.phase == .body ? timer.speed(at: now) : Double(undecoded) / seconds
        return SlowSender(isHeavy: peer.bytes > receiver.budget.heavyPeer, speed: speed)
    }

    /// Ends the connection because its memory is needed; its sender is answered 503, to come again.
    func evict() {
        receiver.metrics.evictions.increment()
        receiver.refusals.evicted(at: loop.now)
        giveUp(with: .overloaded)
        if hasEnded || timer.phase == .lingering && responses.isEmpty {
            // What it still sends is not waited for: it would need memory.
            close()
        }
    }
}

extension Peer {
    /// Whether its share is so full that its slowest senders have to go.
    var isPressed: Bool {
        bytes > byteLimit / 8 * 5
    }
}

/// Tells a connection what its decoder is given.
final class InboundMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        connection.didDecode(count)
    }
}
