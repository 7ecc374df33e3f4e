import Crypto
import FoundationEssentials
import PostroomCore

/// The scheme `Authorization: Bearer <token>`, with a list of tokens for rotation.
///
/// Tokens are compared through their codes under a key that is drawn for this verifier, so that neither a token's
/// content nor its length shows in the time it takes.
struct BearerVerifier: RequestVerifier {
    static let header = "authorization"

    /// The token is the secret.
    let secretHeaders: [String] = [Self.header]
    private let key = SymmetricKey(size: .bits256)
    private let codes: [HMAC<SHA256>.MAC]

    /// Prepares the tokens.
    ///
    /// - Parameter secrets: Each a token of visible ASCII characters.
    /// - Throws: ``SecretProblem``.
    init(secrets: [Secret]) throws(SecretProblem) {
        _ = try secrets.keys { secret throws(SecretProblem.Kind) in
            guard secret.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .notAToken }
            return secret.bytes
        }
        let key = key
        self.codes = secrets.map { Signature.code($0.bytes, key: key) }
    }

    func verify(headers: Headers, body: [UInt8], now: Date) -> Verdict {
        do throws(Refusal) {
            let value = HeaderField.trimmed(try HeaderField.sole(Self.header, in: headers))
            let scheme = value.prefix { !HeaderField.isBlank($0) }
            let token = Array(value.dropFirst(scheme.count).drop { HeaderField.isBlank($0) })
            guard scheme.lazy.map({ $0 | 0x20 }).elementsEqual("bearer".utf8), !token.isEmpty else {
                throw Refusal(.malformedHeader)
            }
            let offered = Array(Signature.code(token, key: key))
            guard Signature.anyMatches([offered], codes) else { throw Refusal(.tokenMismatch) }
            return .authentic
        } catch {
            return .refused(error.reason)
        }
    }
}
