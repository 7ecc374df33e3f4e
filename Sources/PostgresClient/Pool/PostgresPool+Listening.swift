/// What a listener is told.
public enum ListeningSignal: Hashable, Sendable {
    /// It listens, for the first time or again: notifications before this one may have been missed.
    case listening
    /// A notification came, with its payload.
    case notification(String)
}

extension PostgresPool {
    /// Listens to a channel until cancelled, over every loss of the connection.
    ///
    /// ``run()`` must run meanwhile. It uses one connection of the pool, beside other requests.
    ///
    /// - Parameters:
    ///   - channel: The channel's name.
    ///   - onSignal: Called for each notification, and each time listening begins.
    public func withListening(to channel: String, onSignal: (ListeningSignal) async -> Void) async {
        var backoff = Backoff(limit: configuration.longestPause)
        while !Task.isCancelled {
            do {
                let connection = try await anyConnection()
                let notifications = try await connection.listen(channel)
                backoff.reset()
                await onSignal(.listening)
                for await notification in notifications {
                    await onSignal(.notification(notification.payload))
                }
            } catch {
                // Not connected after all, refused or cancelled; the pool logs the state of its connections.
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}
