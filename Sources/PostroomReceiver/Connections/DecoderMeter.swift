import NIOCore

/// An estimate of the bytes that the HTTP decoder keeps because they are no whole part yet: heads, and trailers.
///
/// The decoder does not tell how much it keeps. It is what came beyond the parts that it made of it, and no more than a
/// head may have.
struct DecoderMeter {
    /// The bytes that it keeps.
    private(set) var undecoded = 0
    private var decodedBytes = 0
    private var decodedParts = 0
    private let headLimit: Int

    /// The bytes by which a piece of HTTP may be longer than its parts without being taken for the beginning of something:
    /// line ends, the version, and for each part the frame of its chunk.
    private static let frame = (piece: 512, part: 16)

    /// Begins with a decoder that keeps nothing.
    ///
    /// - Parameter headLimit: The longest head, in bytes.
    init(headLimit: Int) {
        self.headLimit = headLimit
    }

    /// The memory that the decoder takes: fields are kept as text beside the bytes that they are read from.
    var memory: Int {
        undecoded * 2
    }

    /// Takes note of a part that the decoder made.
    mutating func decoded(_ count: Int) {
        undecoded = 0
        decodedBytes += count
        decodedParts += 1
    }

    /// Takes note that a piece went through the decoder, after the parts that it made of it.
    mutating func pieceEnded(_ count: Int) {
        let rest = max(0, count - decodedBytes)
        if decodedParts == 0 {
            undecoded = min(undecoded + rest, headLimit)
        } else {
            undecoded = rest > Self.frame.piece + Self.frame.part * decodedParts ? rest : 0
        }
        decodedBytes = 0
        decodedParts = 0
    }
}

/// Tells a connection how much its decoder is given.
final class InboundMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        connection.pieceDecoded(count)
    }
}
