import Crypto
import FoundationEssentials
import PostroomCore

extension [Secret] {
    /// Makes something of each secret.
    ///
    /// - Parameter bytes: The form that the scheme takes of a secret.
    /// - Returns: The bytes of each, in their order.
    /// - Throws: ``SecretProblem`` where there are no secrets, or one is empty or refused by the scheme.
    func material(
        _ bytes: (Secret) throws(SecretProblem.Kind) -> [UInt8]
    ) throws(SecretProblem) -> [[UInt8]] {
        guard !isEmpty else { throw SecretProblem(.noSecrets) }
        var material: [[UInt8]] = []
        for (index, secret) in enumerated() {
            let key: [UInt8]
            do throws(SecretProblem.Kind) {
                key = try bytes(secret)
            } catch {
                throw SecretProblem(error, position: index + 1)
            }
            guard !key.isEmpty else { throw SecretProblem(.empty, position: index + 1) }
            material.append(key)
        }
        return material
    }
}

extension SignatureScheme {
    /// Makes the keys of the secrets.
    ///
    /// - Throws: ``SecretProblem`` where a secret does not have the scheme's form.
    func keys(_ secrets: [Secret]) throws(SecretProblem) -> SigningKeys {
        let material = try secrets.material { secret throws(SecretProblem.Kind) in try self.bytes(of: secret) }
        switch algorithm {
        case .hmacSHA1, .hmacSHA256, .hmacSHA512:
            return .shared(material.map { SymmetricKey(data: $0) })
        case .ed25519:
            var keys: [Curve25519.Signing.PublicKey] = []
            for (index, bytes) in material.enumerated() {
                guard let key = Ed25519.publicKey(bytes) else {
                    throw SecretProblem(.notAPublicKey, position: index + 1)
                }
                keys.append(key)
            }
            return .asymmetric(keys)
        case .secret:
            let key = SymmetricKey(size: .bits256)
            return .tokens(material.map { Signature.code([$0], key: key) }, key: key)
        }
    }

    /// The bytes of a secret.
    func bytes(of secret: Secret) throws(SecretProblem.Kind) -> [UInt8] {
        guard secret.form == .text else { return secret.bytes }
        if case .authorization = notation, encoding == .text {
            guard secret.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .notAToken }
        } else if carriesSecret {
            guard secret.bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .notAToken }
        }
        switch keyForm {
        case .text: return secret.bytes
        case .hexadecimal:
            guard let bytes = Hexadecimal.decode(secret.bytes) else { throw .notHexadecimal }
            return bytes
        case .base64: return try StandardWebhooks.sharedKey(secret)
        }
    }
}

/// Keys of Ed25519, as producers show them: 32 bytes are a public key, 64 are a private one with its public half.
enum Ed25519 {
    static func publicKey(_ bytes: [UInt8]) -> Curve25519.Signing.PublicKey? {
        guard bytes.count == 32 || bytes.count == 64 else { return nil }
        return try? Curve25519.Signing.PublicKey(rawRepresentation: bytes.suffix(32))
    }

    /// The private key, or `nil` where there is only a public one.
    static func privateKey(_ bytes: [UInt8]) -> Curve25519.Signing.PrivateKey? {
        guard bytes.count == 64 else { return nil }
        return try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32))
    }

    /// True where any candidate is a signature of the pieces by any of the keys.
    static func matches(
        _ candidates: [[UInt8]],
        _ pieces: [[UInt8]],
        _ keys: [Curve25519.Signing.PublicKey]
    ) -> Bool {
        let message = pieces.flatMap(\.self)
        return keys.contains { key in candidates.contains { key.isValidSignature($0, for: message) } }
    }
}
