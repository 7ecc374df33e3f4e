import Crypto
import FoundationEssentials
import PostroomCore

/// The keys of a scheme, one of each secret.
enum SigningKeys: Sendable {
    /// Keys that both sides have.
    case shared([SymmetricKey])
    /// The producer's public keys.
    case asymmetric([Curve25519.Signing.PublicKey])
    /// Codes of tokens under a key that is drawn for this verifier, so that neither a token's content nor its length shows
    /// in the time that comparing takes.
    case tokens([HMAC<SHA256>.MAC], key: SymmetricKey)
}

/// Authentication codes over pieces, and comparison that takes the same time whatever differs.
enum Signature {
    static func code<Hash: HashFunction>(
        _ pieces: [[UInt8]],
        key: SymmetricKey,
        _ hash: Hash.Type = SHA256.self
    ) -> HMAC<Hash>.MAC {
        var hmac = HMAC<Hash>(key: key)
        for piece in pieces {
            hmac.update(data: piece)
        }
        return hmac.finalize()
    }

    /// The bytes of a code.
    static func bytes(
        of pieces: [[UInt8]],
        key: SymmetricKey,
        _ algorithm: SignatureScheme.Algorithm
    ) -> [UInt8] {
        switch algorithm {
        case .hmacSHA1: Array(code(pieces, key: key, Insecure.SHA1.self))
        case .hmacSHA512: Array(code(pieces, key: key, SHA512.self))
        case .hmacSHA256, .ed25519, .secret: Array(code(pieces, key: key))
        }
    }

    /// True where any candidate is the code of the pieces under a key.
    ///
    /// Every candidate is tried. The comparison is the cryptography library's own for authentication codes, in constant
    /// time.
    static func matches(
        _ candidates: [[UInt8]],
        _ pieces: [[UInt8]],
        key: SymmetricKey,
        _ algorithm: SignatureScheme.Algorithm
    ) -> Bool {
        switch algorithm {
        case .hmacSHA1: anyEquals(candidates, code(pieces, key: key, Insecure.SHA1.self))
        case .hmacSHA512: anyEquals(candidates, code(pieces, key: key, SHA512.self))
        case .hmacSHA256, .ed25519, .secret: anyEquals(candidates, code(pieces, key: key))
        }
    }

    /// True where any candidate equals a code; all are compared.
    static func anyEquals<Hash: HashFunction>(
        _ candidates: [[UInt8]],
        _ code: HashedAuthenticationCode<Hash>
    ) -> Bool {
        var matches = 0
        for candidate in candidates where code == candidate {
            matches += 1
        }
        return matches > 0
    }
}

extension SignatureScheme.Algorithm {
    /// The length of a signature in bytes, or `nil` where the secret itself is sent.
    var byteCount: Int? {
        switch self {
        case .hmacSHA1: 20
        case .hmacSHA256: 32
        case .hmacSHA512, .ed25519: 64
        case .secret: nil
        }
    }
}

extension SignatureScheme.Encoding {
    /// Decodes a signature; every one has one spelling, but for the case of hexadecimal digits and base64's padding.
    func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        switch self {
        case .hexadecimal: Hexadecimal.decode(text)
        case .base64: Base64.decode(text, allowsSpareBits: false)
        case .base64URL: Base64.decode(text.lazy.map(Self.standard), allowsSpareBits: false)
        case .text: Array(text)
        }
    }

    func encode(_ bytes: [UInt8]) -> String {
        switch self {
        case .hexadecimal: Hexadecimal.encode(bytes)
        case .base64: Base64.encode(bytes)
        case .base64URL:
            String(
                decoding: Base64.encode(bytes).utf8.filter { $0 != UInt8(ascii: "=") }.map(Self.ofURL),
                as: UTF8.self
            )
        case .text: String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The standard alphabet's character; those that only the standard alphabet has become what is in none.
    private static func standard(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        case UInt8(ascii: "+"), UInt8(ascii: "/"): 0
        default: character
        }
    }

    private static func ofURL(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: character
        }
    }
}
