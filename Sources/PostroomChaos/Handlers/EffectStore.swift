import Logging
import PostgresClient
import PostroomCore
import PostroomInbox

/// The tables in which handlers have their effects, on the server of each delivery.
package struct EffectStore: Sendable {
    private let pools: [PostgresPool]
    private let schema: String

    /// Prepares the connections; none is made before ``run()``.
    ///
    /// - Parameters:
    ///   - connectionStrings: The databases of the servers, by their numbers.
    ///   - schema: The schema of the run's own tables.
    package init(connectionStrings: [String], schema: String) {
        self.schema = schema
        let loop = PollLoop()
        self.pools = connectionStrings.map { connectionString in
            PostgresPool(
                configuration: PostgresConfiguration(connectionString: connectionString, applicationName: "chaos"),
                size: 2,
                role: "effect",
                loop: loop,
                logger: Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
            )
        }
    }

    /// The number of servers.
    var servers: Int { pools.count }

    private func pool(of delivery: DeliveryID) -> PostgresPool {
        pools[servers == 1 ? 0 : ServerNumber.of(delivery)]
    }

    /// The statements that make the tables.
    static func tables(in schema: String) -> String {
        """
        CREATE TABLE \(schema).chaos_effect (
            delivery_id bigint NOT NULL, handler text NOT NULL, PRIMARY KEY (delivery_id, handler));
        CREATE TABLE \(schema).chaos_exact_effect (
            id bigint GENERATED ALWAYS AS IDENTITY, delivery_id bigint NOT NULL, handler text NOT NULL);
        CREATE TABLE \(schema).chaos_turn (
            run bigint NOT NULL, delivery_id bigint NOT NULL, handler text NOT NULL, attempt integer NOT NULL,
            process integer NOT NULL, is_end boolean NOT NULL, noted_at timestamptz NOT NULL DEFAULT clock_timestamp())
        """
    }

    /// Holds the connections open until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for pool in pools {
                group.addTask { await pool.run() }
            }
        }
    }

    /// Writes the pair's row unless it is there.
    func write(_ delivery: DeliveryID, _ handler: HandlerName) async throws {
        _ = try await pool(of: delivery)
            .query(
                "INSERT INTO \(schema).chaos_effect (delivery_id, handler) VALUES (\(delivery), '\(handler)') "
                    + "ON CONFLICT DO NOTHING"
            )
    }

    /// The statement that adds a row for the pair, whether there is one or not.
    func addition(_ delivery: DeliveryID, _ handler: HandlerName) -> String {
        "INSERT INTO \(schema).chaos_exact_effect (delivery_id, handler) VALUES (\(delivery), '\(handler)')"
    }

    /// Adds a row for the pair and ends its job, in one transaction of a client that is not the inbox's.
    func add(_ delivery: DeliveryID, _ handler: HandlerName, finishing receipt: String) async throws {
        _ = try await pool(of: delivery)
            .query(
                "WITH added AS (\(addition(delivery, handler))) SELECT \(schema).finish('\(receipt)')"
            )
    }

    /// Notes that a run of an attempt has begun, or is about to end.
    func note(_ run: Int64, of context: HandlerContext, isEnd: Bool, process: Int32) async throws {
        _ = try await pool(of: context.deliveryID)
            .query(
                "INSERT INTO \(schema).chaos_turn (run, delivery_id, handler, attempt, process, is_end) VALUES "
                    + "(\(run), \(context.deliveryID), '\(context.handler)', \(context.attempt), \(process), \(isEnd))"
            )
    }
}
