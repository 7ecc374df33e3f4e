import Crypto

/// The idempotency key of a job: one for each delivery and handler.
enum JobKey {
    /// Makes the key, a UUID of version 8 in lower case.
    ///
    /// It depends on what never changes: the delivery's number, the time of its commit, and the name under which the handler
    /// was first recorded. The time tells deliveries apart that a restored database gave one number.
    static func make(_ delivery: Delivery, _ handler: HandlerName) -> String {
        var hash = SHA256()
        withUnsafeBytes(of: delivery.id.rawValue.bigEndian) { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: delivery.receivedAt.rawValue.bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(handler.rawValue.utf8))
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
        return parts.map(Hexadecimal.encode).joined(separator: "-")
    }
}
