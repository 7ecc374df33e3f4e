import NIOCore
import NIOPosix

/// One request on a connection of its own, and all that came back.
struct HTTPExchange {
    let status: Int
    let headers: [String: String]
    let body: String

    /// Sends `GET` and reads until the server closes.
    static func get(_ path: String, port: Int) async throws -> HTTPExchange {
        try await send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", port: port)
    }

    static func send(_ request: String, port: Int) async throws -> HTTPExchange {
        let channel = try await connect(port: port)
        let answer = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            return try await inbound.reduce(into: "") { $0 += String(buffer: $1) }
        }
        return HTTPExchange(answer)
    }

    static func connect(port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    private init(_ answer: String) {
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        body = parts.count > 1 ? String(parts[1]) : ""
        headers = lines.dropFirst()
            .reduce(into: [:]) { headers, line in
                let field = line.split(separator: ":", maxSplits: 1)
                headers[field[0].lowercased()] = String(field[1].dropFirst())
            }
    }
}
