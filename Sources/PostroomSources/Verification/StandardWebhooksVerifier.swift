import Crypto
import FoundationEssentials
import PostroomCore

/// The Standard Webhooks scheme: `v1,` and the base64 HMAC of `{id}.{timestamp}.{body}`, or `v1a,` and an Ed25519 signature.
///
/// Several secrets and several signatures are tried all with all, for rotations on either side. It is no row of
/// ``SignatureScheme``: the prefix of each secret chooses the algorithm and the version of the signatures that count, and
/// its three headers have two families of names.
struct StandardWebhooksVerifier: RequestVerifier {
    /// The header whose value is the key of deliveries.
    static let idHeader = StandardWebhooks.HeaderNames.standard.id
    static let maximumTokens = 16
    static let maximumIDLength = 256

    /// None: what its headers carry is a signature.
    let secretHeaders: [String] = []
    let handshakeMethods: [String] = []
    /// The shared keys, each with the place of its secret.
    private let keys: [(key: SymmetricKey, place: Int)]
    /// The public keys, each with the place of its secret.
    private let publicKeys: [(key: Curve25519.Signing.PublicKey, place: Int)]
    private let families: [StandardWebhooks.HeaderNames]
    private let tolerance: TimestampTolerance?

    /// Prepares the keys.
    ///
    /// - Parameters:
    ///   - secrets: Each in base64, after `whsec_` or nothing, or after `whpk_` for a public key.
    ///   - families: The names that the headers may have, one family of which a request uses.
    ///   - tolerance: The most that the signed time may be off, or `nil` for any.
    /// - Throws: ``SecretProblem``.
    init(
        secrets: [Secret],
        families: [StandardWebhooks.HeaderNames] = [.standard],
        tolerance: TimestampTolerance?
    ) throws(SecretProblem) {
        let material = try secrets.material { secret throws(SecretProblem.Kind) in
            try StandardWebhooks.key(secret).bytes
        }
        var keys: [(key: SymmetricKey, place: Int)] = []
        var publicKeys: [(key: Curve25519.Signing.PublicKey, place: Int)] = []
        for (place, (secret, bytes)) in zip(secrets, material).enumerated() {
            guard StandardWebhooks.isAsymmetric(secret) else {
                keys.append((SymmetricKey(data: bytes), place))
                continue
            }
            guard let key = Ed25519.publicKey(bytes) else {
                throw SecretProblem(.notAPublicKey, position: place + 1)
            }
            publicKeys.append((key, place))
        }
        self.keys = keys
        self.publicKeys = publicKeys
        self.families = families
        self.tolerance = tolerance
    }

    var neededHeaders: [String] {
        families[0].all
    }

    func verify(_ request: WebhookRequest, now: Date) -> Verdict {
        examine(request, now: now).verdict
    }

    func examine(_ request: WebhookRequest, now: Date) -> (verdict: Verdict, secret: Int?) {
        guard request.method == "POST" else { return (.refused(.missingHeader), nil) }
        do throws(Refusal) {
            let names = try family(request.headers)
            let id = try HeaderField.sole(names.id, in: request.headers)
            let timestamp = try HeaderField.sole(names.timestamp, in: request.headers)
            let signature = try HeaderField.sole(names.signature, in: request.headers)
            guard id.utf8.count <= Self.maximumIDLength, !id.utf8.contains(UInt8(ascii: ".")),
                let signedAt = Self.unixSeconds(timestamp)
            else { throw Refusal(.malformedHeader) }
            let tokens = try Tokens(signature, countsAsymmetric: !publicKeys.isEmpty)
            let pieces = [StandardWebhooks.signedPrefix(id: id, timestamp: timestamp), request.body]
            var secret: Int?
            for (key, place) in keys where Signature.matches(tokens.codes, pieces, key: key, .hmacSHA256) {
                secret = place
            }
            if secret == nil {
                secret = publicKeys.first { Ed25519.matches(tokens.signatures, pieces, [$0.key]) }?.place
            }
            guard let secret else { throw Refusal(.signatureMismatch) }
            guard tolerance?.accepts(unixSeconds: signedAt, now: now) ?? true else {
                throw Refusal(.timestampOutsideTolerance)
            }
            return (.authentic, secret)
        } catch {
            return (.refused(error.reason), nil)
        }
    }

    /// The names that a request uses.
    ///
    /// The key of a delivery is its id, so a request can't have two that differ: the second one would not be signed.
    private func family(_ headers: Headers) throws(Refusal) -> StandardWebhooks.HeaderNames {
        guard families.count > 1 else { return families[0] }
        let found = families.filter { !headers.values($0.id).isEmpty }
        guard let first = found.first else { throw Refusal(.missingHeader) }
        let ids = found.map { headers.values($0.id) }
        guard ids.allSatisfy({ $0 == ids[0] }) else { throw Refusal(.duplicateHeader) }
        return found.first { !headers.values($0.signature).isEmpty } ?? first
    }

    /// One to twelve digits and nothing else: no sign, blank, point or exponent, which libraries read differently.
    private static func unixSeconds(_ text: String) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) else {
            return nil
        }
        return Int64(text)
    }

    /// The signatures that a header offers; those of other versions and broken ones are passed over.
    private struct Tokens {
        var codes: [[UInt8]] = []
        var signatures: [[UInt8]] = []

        init(_ header: String, countsAsymmetric: Bool) throws(Refusal) {
            let tokens = header.utf8.split(
                separator: UInt8(ascii: " "),
                maxSplits: StandardWebhooksVerifier.maximumTokens
            )
            guard tokens.count <= StandardWebhooksVerifier.maximumTokens else { throw Refusal(.malformedHeader) }
            for token in tokens {
                guard let comma = token.firstIndex(of: UInt8(ascii: ",")) else { continue }
                let isCode = token[..<comma].elementsEqual("v1".utf8)
                guard isCode || (countsAsymmetric && token[..<comma].elementsEqual("v1a".utf8)),
                    let bytes = Base64.decode(token[comma...].dropFirst(), allowsSpareBits: false)
                else { continue }
                switch (isCode, bytes.count) {
                case (true, 32): codes.append(bytes)
                case (false, 64): signatures.append(bytes)
                default: continue
                }
            }
            guard !codes.isEmpty || !signatures.isEmpty else { throw Refusal(.malformedHeader) }
        }
    }
}

/// The words of the Standard Webhooks specification
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
enum StandardWebhooks {
    /// The names of the three headers.
    struct HeaderNames: Hashable, Sendable {
        let id: String
        let timestamp: String
        let signature: String

        var all: [String] {
            [id, timestamp, signature]
        }

        private init(prefix: String) {
            self.id = "\(prefix)-id"
            self.timestamp = "\(prefix)-timestamp"
            self.signature = "\(prefix)-signature"
        }

        /// The names of the specification.
        static let standard = HeaderNames(prefix: "webhook")
        /// The names of Svix, which sends for many producers.
        static let svix = HeaderNames(prefix: "svix")
    }

    /// True where a secret is a key of Ed25519: `whpk_` is a public one, `whsk_` a private one.
    static func isAsymmetric(_ secret: Secret) -> Bool {
        secret.form == .text && (secret.bytes.starts(with: "whpk_".utf8) || secret.bytes.starts(with: "whsk_".utf8))
    }

    /// The bytes of a secret, which may be written with the version of its signatures before it: `v1,whsec_…`.
    static func key(_ secret: Secret) throws(SecretProblem.Kind) -> (bytes: [UInt8], isAsymmetric: Bool) {
        guard isAsymmetric(secret) else { return (try sharedKey(secret), false) }
        guard let bytes = Base64.decode(secret.bytes.dropFirst("whpk_".utf8.count), allowsSpareBits: true) else {
            throw .notBase64
        }
        // A private key may come without its public half.
        if secret.bytes.starts(with: "whsk_".utf8), bytes.count == 32,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        {
            return (bytes + key.publicKey.rawRepresentation, true)
        }
        return (bytes, true)
    }

    /// The bytes of a shared secret in base64, after an optional `v1,` and `whsec_`.
    static func sharedKey(_ secret: Secret) throws(SecretProblem.Kind) -> [UInt8] {
        guard secret.form == .text else { return secret.bytes }
        var text = secret.bytes[...]
        for prefix in ["v1,", "whsec_"] where text.starts(with: prefix.utf8) {
            text = text.dropFirst(prefix.utf8.count)
        }
        guard let key = Base64.decode(text, allowsSpareBits: true) else { throw .notBase64 }
        return key
    }

    /// The bytes that are signed before the body.
    static func signedPrefix(id: String, timestamp: String) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8)
    }
}
