/// The claim of a job by a worker, as `postroom.finish` reads it.
package struct Receipt: Hashable, Sendable {
    /// The worker that holds the job.
    package let worker: WorkerID
    /// The job.
    package let job: RetryKey

    /// Names a claim.
    package init(worker: WorkerID, job: RetryKey) {
        self.worker = worker
        self.job = job
    }

    /// Reads the form that ``text`` writes.
    ///
    /// - Returns: `nil` where it is no receipt.
    package init?(text: String) {
        let digits = Array(text.utf8.prefix(32))
        guard digits.count == 32, let worker = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
            let delivery = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16), text.utf8.count > 32
        else { return nil }
        self.worker = WorkerID(rawValue: Int64(bitPattern: worker))
        self.job = RetryKey(
            delivery: DeliveryID(rawValue: Int64(bitPattern: delivery)),
            handler: HandlerName(rawValue: String(decoding: text.utf8.dropFirst(32), as: UTF8.self))
        )
    }

    /// The worker and the delivery as 16 hexadecimal digits each, and the handler's name.
    package var text: String {
        Self.hexadecimal(worker.rawValue) + Self.hexadecimal(job.delivery.rawValue) + job.handler.rawValue
    }

    private static func hexadecimal(_ number: Int64) -> String {
        let digits = String(UInt64(bitPattern: number), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
