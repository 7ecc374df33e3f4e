import Postroom

/// A worker whose handlers write into a database of the program's own: its pool is opened before anything is received, and
/// closed after the last attempt.
///
/// `LEDGER_DATABASE` is the connection string of that database.
@main
struct Ledger: PostroomProgram {
    private let pool: ConnectionPool

    init() async throws {
        pool = try await ConnectionPool.open(ProgramEnvironment.text("LEDGER_DATABASE") ?? "", connections: 2)
        try await pool.execute("CREATE TABLE IF NOT EXISTS ledger (entry text PRIMARY KEY, event_type text NOT NULL)")
    }

    var services: [any Service] {
        [pool]
    }

    func register(on handlers: inout HandlerRegistry) {
        handlers.on(.everything, named: "ledger.book") { event, context in
            try await pool.execute(
                "INSERT INTO ledger (entry, event_type) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [context.idempotencyKey, event.type ?? "unknown"]
            )
        }
    }
}
