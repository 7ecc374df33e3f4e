import CLibPQ

/// A NOTIFY that reached a listening connection.
package struct PostgresNotification: Hashable, Sendable {
    /// The channel.
    package let channel: String
    /// The payload, empty where there is none.
    package let payload: String
}

extension PostgresConnection {
    /// Listens to a channel.
    ///
    /// - Parameter channel: The channel's name, as it is spelled in the catalogue.
    /// - Returns: The notifications from now on; ends when the connection does. It keeps the newest 1,024 that nobody
    ///   has read.
    /// - Throws: ``PostgresError``.
    package func listen(_ channel: String) async throws(PostgresError) -> AsyncStream<PostgresNotification> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgresNotification.self,
            bufferingPolicy: .bufferingNewest(1_024)
        )
        lastListener += 1
        let number = lastListener
        listeners[channel, default: [:]][number] = continuation
        let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        do throws(PostgresError) {
            _ = try await perform(PostgresRequest(text: "LISTEN \"\(quoted)\""))
        } catch {
            listeners[channel]?[number] = nil
            continuation.finish()
            throw error
        }
        return stream
    }

    func deliverNotifications(_ pointer: OpaquePointer) {
        while let notification = PQnotifies(pointer) {
            defer { PQfreemem(notification) }
            let channel = String(cString: notification.pointee.relname)
            let payload = String(cString: notification.pointee.extra)
            guard let streams = listeners[channel] else { continue }
            for (number, stream) in streams {
                let result = stream.yield(PostgresNotification(channel: channel, payload: payload))
                if case .terminated = result { listeners[channel]?[number] = nil }
            }
        }
    }
}
