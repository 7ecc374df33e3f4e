import Crypto
import FoundationEssentials

/// HMAC-SHA256 over pieces, and comparison that takes the same time whatever differs.
enum Signature {
    static let byteCount = 32

    static func code(_ pieces: [UInt8]..., key: SymmetricKey) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: key)
        for piece in pieces {
            hmac.update(data: piece)
        }
        return hmac.finalize()
    }

    /// Whether any candidate is any key's code.
    ///
    /// Every key is tried with every candidate.
    ///
    /// The comparison is the cryptography library's own for authentication codes, in constant time.
    static func anyMatches(_ candidates: [[UInt8]], _ codes: [HMAC<SHA256>.MAC]) -> Bool {
        var matches = 0
        for code in codes {
            for candidate in candidates where code == candidate {
                matches += 1
            }
        }
        return matches > 0
    }
}
