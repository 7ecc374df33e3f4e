import Postroom

/// The example of *Order*.
enum Orders {
    struct CustomerWorker: PostroomProgram {
        func register(on handlers: inout HandlerRegistry) {
            handlers.on(Wacht.UserChanged.self, named: "crm.changes", order: .byKey) { event, context in
                try await CRM.shared.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
            }
            handlers.on(Wacht.UserChanged.self, named: "search.index", order: .newest, orderingKey: { $0.user.id }) {
                event,
                _ in
                try await CRM.shared.upsert(id: event.user.id, idempotencyKey: event.user.id)
            }
        }
    }
}

/// The examples of *Exactly once*.
enum ExactlyOnce {
    static let books = Books()

    static func registerLedger(on handlers: inout HandlerRegistry) {
        handlers.on(.events(from: "stripe", matching: "invoice.paid"), named: "ledger", isTransactional: true) {
            event,
            context in
            try await context.transaction { transaction in
                _ = try await transaction.execute(
                    "INSERT INTO ledger (invoice, type) VALUES ($1, $2)",
                    [context.idempotencyKey, event.type]
                )
            }
        }
    }

    static func registerBooks(on handlers: inout HandlerRegistry) {
        handlers.on(.events(from: "stripe", matching: "invoice.*"), named: "books", isTransactional: true) {
            event,
            context in
            try await books.inTransaction { connection in
                try await connection.run("INSERT INTO book (invoice) VALUES ($1)", context.idempotencyKey)
                try await connection.run("SELECT postroom.finish($1)", try context.receipt)
            }
        }
    }

    /// A pool of connections of a client of one's own.
    struct Books: Sendable {
        struct Connection: Sendable {
            func run(_ sql: String, _ parameters: String...) async throws {}
        }

        func inTransaction(_ body: (Connection) async throws -> Void) async throws {
            try await body(Connection())
        }
    }
}
