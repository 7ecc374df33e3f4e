import Crypto
import Logging
import PostgresClient
import PostroomCore

/// Looks whether what was sent again under a known key is what came first.
///
/// A sender repeats itself byte for byte; another body under the same key is a mistake of its own, or somebody else's
/// doing. The first one stays, and a person is told. The intake only makes the digest; the rest runs after the answer and
/// on the connection of housekeeping, which leaves out what comes faster than it can look.
final class Repetitions: Sendable {
    /// One that was answered as a duplicate.
    struct Repetition: Sendable {
        let shard: Int16
        let first: DeliveryID
        let digest: [UInt8]
    }

    private static let most = 256

    private let stream: AsyncStream<Repetition>
    private let continuation: AsyncStream<Repetition>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.most))
    }

    /// Takes note of a duplicate.
    func note(_ delivery: IncomingDelivery, of first: DeliveryID, shard: Int16) {
        guard delivery.identity.namesBody else { return }
        let digest = delivery.body.withUnsafeBytes { Array(SHA256.hash(data: $0)) }
        continuation.yield(Repetition(shard: shard, first: first, digest: digest))
    }

    /// Looks at each, until it is cancelled.
    func run(on pool: PostgresPool, logger: Logger) async {
        for await repetition in stream {
            let delivery = repetition.first.rawValue
            let compare = BodyCompare(shard: repetition.shard, delivery: delivery, digest: repetition.digest)
            guard let other = try? await pool.execute(compare).first else { continue }
            logger.warning(
                "a delivery came again with another body under the same key; the first one is kept",
                metadata: ["delivery": .stringConvertible(delivery), "endpoint": .string(other.endpoint)]
            )
        }
    }
}
