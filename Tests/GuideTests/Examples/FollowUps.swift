import Postroom

/// The examples of *Follow-ups* and *Steps and sleeps*.
enum FollowUps {
    struct TrialEnds: Codable, WebhookEvent {
        static let source: Source = "acme"
        static let eventTypes = ["trial.ends"]

        let user: String
    }

    func registerTrials(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserCreated.self, named: "trials.begin") { event, context in
            try context.enqueue(
                TrialEnds(user: event.user.id),
                after: .seconds(14 * 24 * 60 * 60),
                key: "trial \(event.user.id)"
            )
        }
        handlers.on(TrialEnds.self, named: "trials.end") { event, context in
            try await CRM.shared.upsert(id: event.user, idempotencyKey: context.idempotencyKey)
        }
    }

    func placeOrder(_ id: String, on connection: some OrderConnection) async throws {
        try await connection.execute("INSERT INTO orders (id) VALUES ($1)", [id])
        try await EnqueueClient()
            .enqueue(OrderPlaced(id: id), key: "order \(id)") { statement in
                try await connection.execute(statement.sql, statement.parameters)
            }
    }

    func registerOrders(on handlers: inout HandlerRegistry) {
        handlers.on(OrderPlaced.self, named: "orders.fulfil") { event, context in
            let charge = try await context.step("charge") {
                try await Payments.shared.charge(event.id, idempotencyKey: context.idempotencyKey)
            }
            try await context.step("receipt") {
                try await Audit.shared.append(Array(charge.utf8))
            }
            try await context.sleep(for: .seconds(3 * 24 * 60 * 60), named: "delivery time")
            try await context.step("survey") {
                try await CRM.shared.upsert(id: event.id, idempotencyKey: context.idempotencyKey + "/survey")
            }
        }
    }
}

/// The example of *Writing handlers* for dead letters.
enum DeadLetterHooks {
    func registerPager(on handlers: inout HandlerRegistry) {
        handlers.onDeadLetter { group, letter in
            try await Pager.shared.page("\(group.handler) gave up \(group.count) deliveries: \(letter.error)")
        }
    }
}

/// Somebody's pager.
actor Pager {
    static let shared = Pager()

    func page(_ text: String) throws {}
}

/// An order that was placed.
struct OrderPlaced: Codable, WebhookEvent {
    static let source: Source = "acme"
    static let eventTypes = ["order.placed"]

    let id: String
}

/// A connection of whatever database client a web application has.
protocol OrderConnection {
    func execute(_ sql: String, _ parameters: [String?]) async throws
}

/// A payment service that an example calls.
actor Payments {
    static let shared = Payments()

    func charge(_ order: String, idempotencyKey: String) throws -> String {
        "charge of \(order)"
    }
}
