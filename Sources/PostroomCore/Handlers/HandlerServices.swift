import Synchronization

/// The facts and services that all attempts of one handler share.
package final class HandlerServices: Sendable {
    /// The handler's name.
    package let handler: HandlerName
    /// The source of the transactions in which attempts end their jobs; `nil` where the inbox has none.
    package let transactions: (any TransactionSource)?
    /// The store of its jobs' steps; `nil` where nothing is kept.
    let steps: (any StepStore)?
    private let original: Mutex<HandlerName>

    /// Begins with the handler's name as its original one.
    package init(
        _ handler: HandlerName,
        transactions: (any TransactionSource)? = nil,
        steps: (any StepStore)? = nil
    ) {
        self.handler = handler
        self.transactions = transactions
        self.steps = steps
        self.original = Mutex(handler)
    }

    /// The name under which the database first recorded the handler.
    package var originalName: HandlerName {
        original.withLock(\.self)
    }

    /// Takes over what the directory says of the handler.
    package func learn(_ entry: HandlerDirectory.Entry) {
        original.withLock { $0 = entry.originalName }
    }
}
