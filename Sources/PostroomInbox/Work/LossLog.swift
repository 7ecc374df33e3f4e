import Logging
import PostroomCore
import Synchronization

/// The losses that the inbox found: each is logged as an error, and counted for the metrics.
///
/// Postroom loses nothing by itself. Something is gone where a person or a program deleted deliveries that were still owed,
/// or where a restored database gave numbers out a second time.
package final class LossLog: Sendable {
    /// The numbers of losses.
    package struct Counts: Hashable, Sendable {
        /// Accepted deliveries that are in no partition although their batch is still queued.
        package var deliveries = 0
        /// Owed jobs that ended because their delivery is in no partition.
        package var jobs = 0
        /// Owed jobs that could not be written because another delivery of the same number owes one to the same handler.
        package var collisions = 0
    }

    private let logger: Logger
    private let state = Mutex(Counts())

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// The counts since the process began.
    package var counts: Counts {
        state.withLock { $0 }
    }

    func deliveriesAreGone(_ count: Int, of batch: BatchID) {
        state.withLock { $0.deliveries += count }
        logger.error(
            "accepted deliveries are gone from the database before they were handled",
            metadata: ["batch": .stringConvertible(batch.rawValue), "deliveries": .stringConvertible(count)]
        )
    }

    func deliveryIsGone(_ delivery: DeliveryID, for handler: HandlerName) {
        state.withLock { $0.jobs += 1 }
        logger.error(
            "a delivery is gone from the database while it was owed",
            metadata: ["delivery": .stringConvertible(delivery), "handler": .string(handler.rawValue)]
        )
    }

    /// Notes a job that was owed when a settlement wrote it: by a replay, which is in order, or by another delivery.
    func jobWasOwed(_ delivery: DeliveryID, _ handler: HandlerName, byAnotherDelivery isOther: Bool) {
        let metadata: Logger.Metadata = [
            "delivery": .stringConvertible(delivery), "handler": .string(handler.rawValue),
        ]
        guard isOther else {
            logger.info("a job was owed already, by a replay of its delivery", metadata: metadata)
            return
        }
        state.withLock { $0.collisions += 1 }
        logger.error("two deliveries have one number, and a job of the second is lost", metadata: metadata)
    }
}
