import Crypto
import PostroomCore

/// A secret that an endpoint shares with its senders.
///
/// No description and no reflection shows it, so that it can't be logged by accident.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The meaning of the bytes.
    enum Form {
        /// Text as the producer shows it, perhaps with a prefix and in base64.
        case text
        /// The key itself.
        case key
    }

    let bytes: [UInt8]
    let form: Form

    /// A secret in the form in which the producer shows it.
    ///
    /// Line ends after it are dropped, because files end in one.
    public init(_ text: String) {
        var bytes = Array(text.utf8)
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            bytes.removeLast()
        }
        self.bytes = bytes
        self.form = .text
    }

    /// A secret that is the key itself, taken as it is by every scheme.
    public init(key bytes: [UInt8]) {
        self.bytes = bytes
        self.form = .key
    }

    /// The bytes as they were given, for a scheme in code; anything that shows them gives the secret away.
    public var exposed: [UInt8] {
        bytes
    }

    /// Compares a token with the secret, in a time that tells nothing of where they differ, nor of the secret's length.
    ///
    /// - Parameter token: The text that a request carries.
    /// - Returns: `true` where it is the secret, byte for byte.
    public func equals(_ token: [UInt8]) -> Bool {
        let key = SymmetricKey(size: .bits256)
        return Signature.code([bytes], key: key) == Array(Signature.code([token], key: key))
    }

    /// Checks an authentication code in constant time.
    ///
    /// - Parameters:
    ///   - code: The code that a request carries, decoded.
    ///   - pieces: The signed bytes, in their order.
    ///   - algorithm: One of the HMACs; with any other it is never the code.
    /// - Returns: `true` where it is the code of the pieces under the secret.
    public func authenticates(
        _ code: [UInt8],
        of pieces: [[UInt8]],
        by algorithm: SignatureScheme.Algorithm = .hmacSHA256
    ) -> Bool {
        switch algorithm {
        case .hmacSHA1, .hmacSHA256, .hmacSHA512:
            Signature.matches([code], pieces, key: SymmetricKey(data: bytes), algorithm)
        case .ed25519, .secret: false
        }
    }

    /// Makes an authentication code, as the sender does.
    ///
    /// - Parameters:
    ///   - pieces: The signed bytes, in their order.
    ///   - algorithm: One of the HMACs; any other counts as ``SignatureScheme/Algorithm/hmacSHA256``.
    /// - Returns: The code.
    public func code(of pieces: [[UInt8]], by algorithm: SignatureScheme.Algorithm = .hmacSHA256) -> [UInt8] {
        Signature.bytes(of: pieces, key: SymmetricKey(data: bytes), algorithm)
    }

    /// A word in place of the secret.
    public var description: String {
        "(secret)"
    }

    /// A word in place of the secret.
    public var debugDescription: String {
        "(secret)"
    }

    /// Nothing.
    public var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

/// The fault of the secrets and options that a verifier should be made of.
///
/// It says which secret by its place in the list, and never shows one.
public struct SecretProblem: Error, Hashable, CustomStringConvertible {
    /// The kinds of problems.
    public enum Kind: String, Error, Sendable, CaseIterable {
        /// No secret was given.
        case noSecrets
        /// A secret is empty.
        case empty
        /// A secret is not in base64.
        case notBase64
        /// A secret is not in hexadecimal.
        case notHexadecimal
        /// A secret is no key of Ed25519.
        case notAPublicKey
        /// Only a public key is given where something is to be signed.
        case notAPrivateKey
        /// A token contains something that a request can't carry where the scheme has it.
        case notAToken
        /// A header was named that the source's scheme does not use, or whose name is no header name.
        case header
        /// The source is unknown, or its deliveries do not come over HTTP.
        case source
        /// The source has no scheme by which this could be done: it is the endpoint's, or code that can't sign.
        case scheme
        /// A tolerance was given that is less than a second, or to a source whose requests carry no signed time.
        case tolerance
    }

    /// The kind.
    public let kind: Kind
    /// The place of the secret in the list, from 1, where one secret is the problem.
    public let position: Int?

    /// Names a fault.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - position: The place of the secret in the list, from 1, where one secret is the problem.
    public init(_ kind: Kind, position: Int? = nil) {
        self.kind = kind
        self.position = position
    }

    /// The fault and its remedy.
    public var description: String {
        let secret = position.map { "secret \($0)" } ?? "the secret"
        return switch kind {
        case .noSecrets: "no secret is given; without one anybody could post to the endpoint"
        case .empty: "\(secret) is empty"
        case .notBase64: "\(secret) is not in base64 (after an optional 'whsec_'); copy it whole from the producer"
        case .notHexadecimal: "\(secret) is not in hexadecimal digits; copy it whole from the producer"
        case .notAPublicKey:
            "\(secret) is no public key of Ed25519, which has 32 bytes; copy it whole from the producer"
        case .notAPrivateKey:
            "\(secret) is a public key, which can't sign; give the private key of a key pair that you made for tests"
        case .notAToken: "\(secret) can't be a token; it contains white space or characters beyond ASCII"
        case .header: "the source's signature does not stand in a header of that name; leave 'header' out"
        case .source: "no endpoint can have this source; choose one of those that 'postroom sources' lists"
        case .scheme:
            "the source has no scheme of its own to verify or sign by: it stands in an endpoint's configuration, or is code"
        case .tolerance: "'tolerance' must be a second at least, and only requests with a signed time can have one"
        }
    }
}
