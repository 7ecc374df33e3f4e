import Crypto
import Logging
import PostgresClient
import PostroomCore

/// An audit of duplicates: a request that came again under a known key must have the body of the first one.
///
/// A sender repeats itself byte for byte; another body under the same key is a mistake of the sender, or an attack. The
/// first one stays, and a person is told. The intake only makes the digest; the comparison runs after the response, on the
/// connection of maintenance, and leaves out duplicates that come faster than it can look.
final class DuplicateAudit: Sendable {
    /// A request that was answered as a duplicate.
    private struct Duplicate: Sendable {
        let first: DeliveryID
        let digest: [UInt8]
    }

    private static let capacity = 256

    private let stream: AsyncStream<Duplicate>
    private let continuation: AsyncStream<Duplicate>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    /// Takes note of a duplicate.
    func note(_ delivery: IncomingDelivery, of first: DeliveryID) {
        guard delivery.identity.namesBody else { return }
        let digest = delivery.body.withUnsafeBytes { Array(SHA256.hash(data: $0)) }
        continuation.yield(Duplicate(first: first, digest: digest))
    }

    /// Compares each, until it is cancelled.
    func run(on pool: PostgresPool, logger: Logger) async {
        for await duplicate in stream {
            let compare = BodyCompare(delivery: duplicate.first, digest: duplicate.digest)
            guard let other = try? await pool.execute(compare).first else { continue }
            logger.warning(
                "a delivery came again with another body under the same key; the first one is kept",
                metadata: [
                    "delivery": .stringConvertible(duplicate.first), "endpoint": .stringConvertible(other.endpoint),
                ]
            )
        }
    }
}
