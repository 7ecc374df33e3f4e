package import PostroomCore
package import PostroomInbox
import ServiceLifecycle

/// The console's own connections, so that no page can hold up maintenance, metrics or heartbeats.
///
/// They are opened by the first page that somebody asks for: a process whose console nobody looks at has none.
package struct ConsoleConnections: Service {
    private let inbox: Inbox
    private let isInUse: Observed<Bool>

    /// The longest time of a statement of the console.
    package static let statementTimeout: Duration = .seconds(2)

    /// Prepares the connections.
    ///
    /// - Parameters:
    ///   - inbox: The console's inbox.
    ///   - isInUse: Is set by the first page.
    package init(inbox: Inbox, isInUse: Observed<Bool>) {
        self.inbox = inbox
        self.isInUse = isInUse
    }

    /// Waits for the first page, and holds the connections open until it is cancelled or its service group shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            guard await isInUse.wait(until: { $0 }) else { return }
            await inbox.runForAdministration()
        }
    }
}
