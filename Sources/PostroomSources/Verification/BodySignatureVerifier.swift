import Crypto
import FoundationEssentials
import PostroomCore

/// The scheme that GitHub made common: `sha256=` and the hexadecimal HMAC of the raw body.
///
/// The key is the secret's text as it is, prefixes included.
struct BodySignatureVerifier: RequestVerifier {
    static let prefix = "sha256="

    /// None: what its headers carry is a signature.
    let secretHeaders: [String] = []
    private let header: String
    private let keys: [SymmetricKey]

    /// Prepares the keys.
    ///
    /// - Parameters:
    ///   - secrets: Each taken whole.
    ///   - header: The name of the header that carries the signature.
    /// - Throws: ``SecretProblem``.
    init(secrets: [Secret], header: String) throws(SecretProblem) {
        guard HeaderField.isName(header) else { throw SecretProblem(.header) }
        self.header = header
        self.keys = try secrets.keys { secret throws(SecretProblem.Kind) in secret.bytes }
    }

    func verify(headers: Headers, body: [UInt8], now: Date) -> Verdict {
        do throws(Refusal) {
            let value = HeaderField.trimmed(try HeaderField.sole(header, in: headers))
            guard value.starts(with: Self.prefix.utf8),
                let code = Hexadecimal.decode(value.dropFirst(Self.prefix.utf8.count)),
                code.count == Signature.byteCount
            else { throw Refusal(.malformedHeader) }
            guard Signature.anyMatches([code], keys.map { Signature.code(body, key: $0) }) else {
                throw Refusal(.signatureMismatch)
            }
            return .authentic
        } catch {
            return .refused(error.reason)
        }
    }
}
