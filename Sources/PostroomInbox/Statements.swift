public import PostgresClient
public import PostroomCore

/// A statement of `sql/statements`, with the rules of its plan.
package protocol BundledStatement: Statement {
    /// The indexes that its plan must use.
    static var usedIndexes: [String] { get }
    /// The other rules of its plan.
    static var planHints: [String] { get }
}

// The domain types that statements speak.

extension DeliveryID: PostgresValue {}
extension BatchID: PostgresValue {}
extension WorkerID: PostgresValue {}
extension HandlerName: PostgresValue {}
extension EndpointName: PostgresValue {}
extension Source: PostgresValue {}
extension DeathReason: PostgresValue {}
extension DeliveryState: PostgresValue {}
extension HandlerChange: PostgresValue {}
extension ReplayChange: PostgresValue {}
extension KeyHash: PostgresValue {}

extension Timestamp: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .timestamptz }
}

extension Headers: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .bytea }
    @usableFromInline package var postgresByteCount: Int { wire.count }

    @usableFromInline package func encodePostgres(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: wire)
    }

    @usableFromInline package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        self.init(wire: [UInt8](bytes))
    }
}
