package import Logging
package import PostgresClient
import PostroomCore

/// The statements of the hot path, driven with next to nothing around them: what the inbox could do at most.
///
/// Each caller has a connection of its own, set up like the inbox's. Deliveries are not built and not read, keys are not
/// hashed, and nothing is decoded but the numbers of the batches that are settled.
package final class BareStatements: Sendable {
    /// What every delivery is like.
    package struct Template: Sendable {
        var endpoints: [String]
        var sources: [String]
        var eventTypes: [String?]
        var keys: [String]
        var headers: [[UInt8]]
        var bodies: [[UInt8]]
        let byteCount: Int64

        /// How many deliveries a commit has.
        package var count: Int {
            bodies.count
        }

        /// Describes the deliveries of one commit.
        package init(
            count: Int,
            endpoint: String,
            source: String,
            eventType: String?,
            key: String,
            headers: [UInt8],
            body: [UInt8]
        ) {
            endpoints = Array(repeating: endpoint, count: count)
            sources = Array(repeating: source, count: count)
            eventTypes = Array(repeating: eventType, count: count)
            keys = Array(repeating: key, count: count)
            self.headers = Array(repeating: headers, count: count)
            bodies = Array(repeating: body, count: count)
            byteCount = Int64(count * (headers.count + body.count))
        }
    }

    private let connection: PostgresConnection
    private let worker: Int64
    private let directoryVersion: Int64
    private let handlers: [String]
    private let runs: [UInt8]

    private init(
        _ connection: PostgresConnection,
        worker: Int64,
        directoryVersion: Int64,
        handlers: [String],
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
    ///   - configuration: How to reach the inbox, for one worker.
    ///   - deliveries: How many deliveries a settled batch is noted to have had.
    ///   - handlers: By how many handlers each is noted to have been handled.
    ///   - loop: The thread that the connection runs on.
    ///   - logger: Where its end is logged.
    /// - Returns: The connected statements; ``close()`` ends them.
    /// - Throws: ``PostgresClient/PostgresError``.
    package static func connect(
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
            worker: registered.first?.id ?? 0,
            directoryVersion: directory.first?.version ?? 0,
            handlers: (0..<handlers).map { "limit-\($0)" },
            runs: runs.bytes
        )
    }

    /// Removes the worker and closes the connection.
    package func close() async {
        _ = try? await connection.execute(WorkerRemove(worker: worker))
        await connection.close()
    }

    /// Stores deliveries with new keys and leaves them to be claimed.
    ///
    /// - Throws: ``PostgresClient/PostgresError``.
    package func store(_ template: Template) async throws(PostgresError) {
        var request = PostgresRequest()
        try request.add(delivery(template, claimed: false))
        _ = try await connection.perform(request)
    }

    /// Settles batches and stores deliveries with new keys, claimed, in one commit.
    ///
    /// - Returns: The stored batch.
    /// - Throws: ``PostgresClient/PostgresError``.
    package func store(_ template: Template, settling batches: [Int64]) async throws(PostgresError) -> [Int64] {
        let (_, stored) = try await connection.execute(settle(batches), delivery(template, claimed: true))
        return stored.first.map { [$0.batchID] } ?? []
    }

    /// Settles batches and claims the next ones, in one commit.
    ///
    /// - Parameters:
    ///   - limit: The most batches to claim.
    ///   - cursor: Where to begin to look.
    ///   - batches: What was claimed before.
    /// - Returns: The claimed batches, and how many deliveries came with them.
    /// - Throws: ``PostgresClient/PostgresError``.
    package func claim(
        _ limit: Int,
        from cursor: Int64,
        settling batches: [Int64]
    ) async throws(PostgresError) -> (batches: [Int64], deliveries: Int) {
        let claim = BatchClaim(
            worker: worker,
            cursor: cursor,
            batches: Int32(clamping: limit),
            deliveries: .max,
            bytes: .max
        )
        var rows: [Int64] = []
        if batches.isEmpty {
            rows = try await connection.execute(FirstColumn(of: claim))
        } else {
            (_, rows) = try await connection.execute(settle(batches), FirstColumn(of: claim))
        }
        var claimed: [Int64] = []
        for batch in rows where claimed.last != batch {
            claimed.append(batch)
        }
        return (claimed, rows.count)
    }

    private func delivery(_ template: Template, claimed: Bool) -> DeliveryStore {
        var random = SystemRandomNumberGenerator()
        return DeliveryStore(
            worker: claimed ? worker : nil,
            keyHashes: template.keys.map { _ in UInt128(random.next()) << 64 | UInt128(random.next()) },
            endpoints: template.endpoints,
            sources: template.sources,
            eventTypes: template.eventTypes,
            keys: template.keys,
            headers: template.headers,
            bodies: template.bodies,
            byteCount: template.byteCount
        )
    }

    private func settle(_ batches: [Int64]) -> BatchSettle {
        BatchSettle(
            worker: worker,
            directoryVersion: directoryVersion,
            batchIDs: batches,
            owedDeliveries: [],
            owedHandlers: [],
            owedDueIn: [],
            owedFailedAttempts: [],
            owedIsHeld: [],
            deadDeliveries: [],
            deadHandlers: [],
            deadReasons: [],
            failedDeliveries: [],
            failedHandlers: [],
            failedAttempts: [],
            failedDurations: [],
            failedErrors: [],
            handledBatches: runs.isEmpty ? [] : batches,
            handledRuns: runs.isEmpty ? [] : batches.map { _ in runs },
            handlers: handlers,
            handledPages: runs.isEmpty ? [] : batches.map { _ in 0 }
        )
    }
}
