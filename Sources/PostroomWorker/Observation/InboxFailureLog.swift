import Logging
import PostroomCore

/// The log of one loop's calls of the inbox: a line when they begin to fail, and one when they work again.
struct InboxFailureLog {
    private let operation: String
    private let log: Logger
    private var isFailing = false

    init(_ operation: String, _ log: Logger) {
        self.operation = operation
        self.log = log
    }

    mutating func failed(_ error: QueueError) {
        let metadata: Logger.Metadata = ["operation": .string(operation), "error": .string(error.description)]
        if isFailing {
            log.debug("the inbox still fails", metadata: metadata)
        } else if error.kind == .rejected {
            log.error("the inbox refuses", metadata: metadata)
        } else {
            log.warning("the inbox is not available; trying again", metadata: metadata)
        }
        isFailing = true
    }

    mutating func succeeded() {
        guard isFailing else { return }
        isFailing = false
        log.notice("the inbox is available again", metadata: ["operation": .string(operation)])
    }
}
