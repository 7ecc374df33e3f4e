import Logging
import PostgresClient
import PostroomCore
import PostroomInbox

/// The statements of the hot path, driven with next to nothing around them: the most that the inbox could do.
///
/// Each caller has a connection of its own, set up like the inbox's. Deliveries are not built and not read, keys are not
/// hashed, and nothing is decoded but the numbers of the batches that are settled.
final class BareStatements: Sendable {
    /// The deliveries of one commit.
    struct Template: Sendable {
        fileprivate let requests: [DeliveryStore.Request]
        fileprivate let byteCount: Int

        /// The number of deliveries of a commit.
        var count: Int {
            requests.count
        }

        /// Describes the deliveries of one commit.
        init(
            count: Int,
            endpoint: String,
            source: String,
            eventType: String?,
            key: String,
            headers: [UInt8],
            body: [UInt8]
        ) {
            let request = DeliveryStore.Request(
                keyHash: KeyHash(rawValue: 0),
                endpoint: EndpointName(rawValue: endpoint),
                source: Source(rawValue: source),
                eventType: eventType,
                key: key,
                headers: Headers(wire: headers),
                body: body
            )
            requests = Array(repeating: request, count: count)
            byteCount = count * (headers.count + body.count)
        }
    }

    private let connection: PostgresConnection
    private let worker: WorkerID
    private let directoryVersion: Int64
    private let handlers: [HandlerName]
    private let runs: [UInt8]

    private init(
        _ connection: PostgresConnection,
        worker: WorkerID,
        directoryVersion: Int64,
        handlers: [HandlerName],
        runs: [UInt8]
    ) {
        self.connection = connection
        self.worker = worker
        self.directoryVersion = directoryVersion
        self.handlers = handlers
        self.runs = runs
    }

    /// Connects, and makes a worker to claim for.
    ///
    /// - Parameters:
    ///   - configuration: The address of the inbox.
    ///   - deliveries: The number of deliveries that a settled batch is noted to have had.
    ///   - handlers: The number of handlers by which each is noted to have been handled.
    ///   - loop: The thread that the connection runs on.
    ///   - logger: Where its end is logged.
    /// - Returns: The connected statements; ``close()`` ends them.
    /// - Throws: ``PostgresClient/PostgresError``.
    static func connect(
        _ configuration: InboxConfiguration,
        deliveries: Int,
        handlers: Int,
        loop: PollLoop,
        logger: Logger
    ) async throws(PostgresError) -> BareStatements {
        let settings = ConnectionRole.dispatch.configuration(for: configuration)
        let connection = try await PostgresConnection.connect(settings, on: loop, logger: logger)
        let registered = try await connection.execute(WorkerRegister(label: "limit", handlers: []))
        let directory = try await connection.execute(DirectoryRead())
        var runs = HandledRuns()
        for ordinal in 0..<deliveries {
            for handler in 0..<handlers {
                let place = (UInt8(truncatingIfNeeded: ordinal), UInt8(truncatingIfNeeded: handler))
                runs.append(ordinal: place.0, handler: place.1, duration: .microseconds(1))
            }
        }
        return BareStatements(
            connection,
            worker: registered.first?.id ?? WorkerID(rawValue: 0),
            directoryVersion: directory.first?.version ?? 0,
            handlers: (0..<handlers).map { HandlerName(rawValue: "limit-\($0)") },
            runs: runs.bytes
        )
    }

    /// Removes the worker and closes the connection.
    func close() async {
        _ = try? await connection.execute(WorkerRemove(worker: worker))
        await connection.close()
    }

    /// Stores deliveries with new keys and leaves them to be claimed.
    ///
    /// - Throws: ``PostgresClient/PostgresError``.
    func store(_ template: Template) async throws(PostgresError) {
        var request = PostgresRequest()
        try request.add(delivery(template, claimed: false))
        _ = try await connection.perform(request)
    }

    /// Settles batches and stores deliveries with new keys, claimed, in one commit.
    ///
    /// - Returns: The stored batch.
    /// - Throws: ``PostgresClient/PostgresError``.
    func store(_ template: Template, settling batches: [Int64]) async throws(PostgresError) -> [Int64] {
        let (_, stored) = try await connection.execute(settle(batches), delivery(template, claimed: true))
        return stored.first.map { [$0.batchID.rawValue] } ?? []
    }

    /// Settles batches and claims the next ones, in one commit.
    ///
    /// - Parameters:
    ///   - limit: The most batches to claim.
    ///   - cursor: Where to begin to look.
    ///   - batches: The batches that were claimed before.
    /// - Returns: The claimed batches, and how many deliveries came with them.
    /// - Throws: ``PostgresClient/PostgresError``.
    func claim(
        _ limit: Int,
        from cursor: Int64,
        settling batches: [Int64]
    ) async throws(PostgresError) -> (batches: [Int64], deliveries: Int) {
        let claim = BatchClaim(
            worker: worker,
            cursor: BatchID(rawValue: cursor),
            batches: Int32(clamping: limit),
            deliveries: .max,
            bytes: .max
        )
        var rows: [BatchID] = []
        if batches.isEmpty {
            rows = try await connection.execute(FirstColumn(of: claim))
        } else {
            (_, rows) = try await connection.execute(settle(batches), FirstColumn(of: claim))
        }
        var claimed: [BatchID] = []
        for batch in rows where claimed.last != batch {
            claimed.append(batch)
        }
        return (claimed.map(\.rawValue), rows.count)
    }

    private func delivery(_ template: Template, claimed: Bool) -> DeliveryStore {
        var random = SystemRandomNumberGenerator()
        return DeliveryStore(
            worker: claimed ? worker : nil,
            requests: template.requests.map { request in
                var request = request
                request.keyHash = KeyHash(rawValue: UInt128(random.next()) << 64 | UInt128(random.next()))
                return request
            },
            byteCount: template.byteCount
        )
    }

    private func settle(_ batches: [Int64]) -> BatchSettle {
        let ids = batches.map(BatchID.init(rawValue:))
        return BatchSettle(
            worker: worker,
            directoryVersion: directoryVersion,
            batchIDs: ids,
            owed: [],
            dead: [],
            failed: [],
            handled: runs.isEmpty ? [] : ids.map { BatchSettle.Handled(batch: $0, runs: runs, page: 0) },
            handlers: handlers
        )
    }
}

/// A statement of whose rows only the first column, the id of a batch, is read.
struct FirstColumn<Base: BundledStatement>: Statement {
    static var name: String { Base.name }
    static var sql: String { Base.sql }
    static var parameterTypes: [PostgresType] { Base.parameterTypes }
    static var columns: [PostgresColumn] { Base.columns }

    let base: Base

    init(of base: Base) {
        self.base = base
    }

    func encode(into parameters: inout ParameterWriter) {
        base.encode(into: &parameters)
    }

    static func decode(_ row: inout RowReader) throws(PostgresError) -> BatchID {
        try row.read()
    }
}
