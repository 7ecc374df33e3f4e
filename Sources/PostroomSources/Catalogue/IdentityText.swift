import Crypto
import FoundationEssentials
import PostroomCore

/// A text of a request as it may stand in the database: a type, a key or an object's name.
///
/// Postgres' text can't hold U+0000, and nothing that a sender writes may be of any length.
enum IdentityText {
    static let maximumTypeLength = 256
    static let maximumKeyLength = 512

    /// An event type, or `nil` where the text can't be one.
    static func eventType(_ text: String?) -> String? {
        guard let text, (1...maximumTypeLength).contains(text.utf8.count) else { return nil }
        return text.unicodeScalars.contains(where: isControl) ? nil : text
    }

    /// True for a control character, which Unicode will never have others of than these.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// A key, or `nil` where the text can't be one.
    ///
    /// A long one is replaced by its digest.
    static func key(_ text: String?) -> String? {
        guard let text, !text.isEmpty, !text.utf8.contains(0) else { return nil }
        return text.utf8.count <= maximumKeyLength ? text : digest(Array(text.utf8))
    }

    /// The name of an object, `<kind>:<id>`, or `nil` where there is no usable id.
    static func orderingKey(_ kind: String, _ id: String?) -> String? {
        guard let id, !id.isEmpty else { return nil }
        return key("\(kind):\(id)")
    }

    /// `sha256:` and the digest in hexadecimal.
    static func digest(_ bytes: [UInt8]) -> String {
        "sha256:" + Hexadecimal.encode(SHA256.hash(data: bytes))
    }
}

extension DeliveryIdentity {
    /// An identity of what a request offers: what can't be a type is dropped, and where there is no key, the body's
    /// digest is one.
    init(type: String?, key: String?, body: [UInt8], namesBody: Bool = true) {
        self.init(
            eventType: IdentityText.eventType(type),
            idempotencyKey: IdentityText.key(key) ?? IdentityText.digest(body),
            namesBody: namesBody
        )
    }
}
