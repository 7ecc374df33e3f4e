import Crypto
import PostroomCore

/// The 128-bit hash under which an idempotency key is unique.
///
/// The SQL function `postroom.key_hash` makes the same one for deliveries that are stored from SQL.
package struct KeyHash: RawRepresentable, Hashable, Sendable {
    /// The first half of `SHA-256(endpoint, zero byte, key)`, most significant byte first.
    package let rawValue: UInt128

    package init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    /// The hash of a request's key.
    init(of delivery: IncomingDelivery) {
        self.init(endpoint: delivery.endpoint, key: delivery.identity.idempotencyKey)
    }

    init(endpoint: EndpointName, key: String) {
        var hash = SHA256()
        Self.add(endpoint.rawValue, to: &hash)
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        Self.add(key, to: &hash)
        self.rawValue = hash.finalize()
            .withUnsafeBytes { digest in
                UInt128(bigEndian: digest.loadUnaligned(as: UInt128.self))
            }
    }

    /// The hash of a key by which a handler is limited.
    init(limitKey key: String) {
        self.init(endpoint: "", key: key)
    }

    private static func add(_ text: String, to hash: inout SHA256) {
        var text = text
        text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}
