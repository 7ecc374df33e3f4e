import NIOCore

/// Passes what happens at one end of a link on to it.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: Link
    private let end: Link.End

    init(_ link: Link, end: Link.End) {
        self.link = link
        self.end = end
    }

    func channelActive(context: ChannelHandlerContext) {
        if end == .client {
            link.connect()
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.read(unwrapInboundIn(data), from: end)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        link.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.ended(end)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        link.drop()
    }
}
