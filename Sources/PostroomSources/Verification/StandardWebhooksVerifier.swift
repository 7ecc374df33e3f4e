import Crypto
import FoundationEssentials
import PostroomCore

/// The Standard Webhooks scheme: `v1,` and the base64 HMAC of `{id}.{timestamp}.{body}`.
///
/// Several secrets and several signatures are tried all with all, for rotations on either side.
struct StandardWebhooksVerifier: RequestVerifier {
    static let idHeader = "webhook-id"
    static let timestampHeader = "webhook-timestamp"
    static let signatureHeader = "webhook-signature"
    static let maximumTokens = 16
    static let maximumIDLength = 256

    /// None: what its headers carry is a signature.
    let secretHeaders: [String] = []
    private let keys: [SymmetricKey]
    private let tolerance: TimestampTolerance?

    /// Prepares the keys.
    ///
    /// - Parameters:
    ///   - secrets: Each in base64, after an optional `whsec_`.
    ///   - tolerance: How far the signed time may be off, or `nil` for any.
    /// - Throws: ``SecretProblem``.
    init(secrets: [Secret], tolerance: TimestampTolerance?) throws(SecretProblem) {
        self.keys = try secrets.keys { secret throws(SecretProblem.Kind) in try Self.key(secret) }
        self.tolerance = tolerance
    }

    static func key(_ secret: Secret) throws(SecretProblem.Kind) -> [UInt8] {
        guard secret.form == .text else { return secret.bytes }
        let prefix = Array("whsec_".utf8)
        let text = secret.bytes.starts(with: prefix) ? secret.bytes.dropFirst(prefix.count) : secret.bytes[...]
        guard let key = Base64.decode(text, allowsSpareBits: true) else { throw .notBase64 }
        return key
    }

    /// What is signed before the body.
    static func signedPrefix(id: String, timestamp: String) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8)
    }

    func verify(headers: Headers, body: [UInt8], now: Date) -> Verdict {
        do throws(Refusal) {
            let id = try HeaderField.sole(Self.idHeader, in: headers)
            let timestamp = try HeaderField.sole(Self.timestampHeader, in: headers)
            let signature = try HeaderField.sole(Self.signatureHeader, in: headers)
            guard id.utf8.count <= Self.maximumIDLength, !id.utf8.contains(UInt8(ascii: ".")),
                let signedAt = Self.unixSeconds(timestamp)
            else { throw Refusal(.malformedHeader) }
            let candidates = try Self.candidates(signature)
            let prefix = Self.signedPrefix(id: id, timestamp: timestamp)
            guard Signature.anyMatches(candidates, keys.map { Signature.code(prefix, body, key: $0) }) else {
                throw Refusal(.signatureMismatch)
            }
            guard tolerance?.accepts(unixSeconds: signedAt, now: now) ?? true else {
                throw Refusal(.timestampOutsideTolerance)
            }
            return .authentic
        } catch {
            return .refused(error.reason)
        }
    }

    /// One to twelve digits and nothing else: no sign, blank, point or exponent, which libraries read differently.
    private static func unixSeconds(_ text: String) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) else {
            return nil
        }
        return Int64(text)
    }

    /// The codes that the header offers in version `v1`.
    ///
    /// Other versions and broken tokens are passed over.
    private static func candidates(_ header: String) throws(Refusal) -> [[UInt8]] {
        let tokens = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: maximumTokens)
        guard tokens.count <= maximumTokens else { throw Refusal(.malformedHeader) }
        let candidates = tokens.compactMap { token -> [UInt8]? in
            guard let comma = token.firstIndex(of: UInt8(ascii: ",")), token[..<comma].elementsEqual("v1".utf8) else {
                return nil
            }
            let code = Base64.decode(token[comma...].dropFirst(), allowsSpareBits: false)
            return code?.count == Signature.byteCount ? code : nil
        }
        guard !candidates.isEmpty else { throw Refusal(.malformedHeader) }
        return candidates
    }
}
