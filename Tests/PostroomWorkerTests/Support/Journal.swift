import PostroomCore
import Synchronization

/// The runs of handlers.
final class Journal: Sendable {
    struct Entry: Hashable {
        let handler: HandlerName
        let key: String
        let attempt: Int
    }

    private let list = Mutex<[Entry]>([])

    func note(_ context: HandlerContext) {
        let entry = Entry(handler: context.handler, key: context.delivery.idempotencyKey, attempt: context.attempt)
        list.withLock { $0.append(entry) }
    }

    var entries: [Entry] {
        list.withLock { $0 }
    }

    func attempts(_ handler: HandlerName, _ key: String? = nil) -> [Int] {
        entries.filter { $0.handler == handler && (key == nil || $0.key == key) }.map(\.attempt)
    }
}
