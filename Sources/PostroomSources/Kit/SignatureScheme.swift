import PostroomCore

/// The way in which a request proves where it comes from, as data.
///
/// A scheme says where the proof stands and how it is written, which algorithm makes it, and what is signed in which order.
/// One verifier and one signer carry out every scheme.
///
/// ```swift
/// SignatureScheme(
///     .header("X-Partner-Signature"), .plain(prefix: "v1="), .hexadecimal, .hmacSHA256,
///     signed: [.timestamp, .literal("."), .body],
///     time: .init(.header("X-Partner-Time"), tolerance: .within(.seconds(300)))
/// )
/// ```
public struct SignatureScheme: Hashable, Sendable {
    /// The place of the signature or of the secret itself.
    public enum Location: Hashable, Sendable {
        /// A header field, which must be there once.
        case header(String)
        /// A parameter of the URL's query, which must be there once.
        case query(String)
        /// A member of the JSON body, by its path, for example `signature.signature`.
        case json(String)
    }

    /// The notation of the signature in its place.
    public enum Notation: Hashable, Sendable {
        /// One signature after a fixed text, which may be empty.
        case plain(prefix: String)
        /// Pairs such as `t=1700000000,v1=5257a8…`, of which those of one name are signatures.
        case parameters(name: String, separator: String)
        /// The word of an authorization scheme in any case, blanks, and the credentials, as in `Bearer t0ken`.
        case authorization(String)
    }

    /// The encoding of the signature, and of a key or token where it stands in the request.
    public enum Encoding: String, Hashable, Sendable, CaseIterable {
        /// Hexadecimal digits of either case.
        case hexadecimal = "hex"
        /// Base64 with the standard alphabet, padding optional.
        case base64 = "base64"
        /// Base64 with `-` and `_`, padding optional.
        case base64URL = "base64url"
        /// The text as it is: for tokens.
        case text = "text"
    }

    /// The algorithm that makes the proof.
    public enum Algorithm: String, Hashable, Sendable, CaseIterable {
        /// HMAC with SHA-1: old, and still sound as an authentication code.
        case hmacSHA1 = "sha1"
        /// HMAC with SHA-256.
        case hmacSHA256 = "sha256"
        /// HMAC with SHA-512.
        case hmacSHA512 = "sha512"
        /// A signature by a private key that only the producer has.
        case ed25519 = "ed25519"
        /// No signature: the request carries the secret itself.
        case secret = "secret"
    }

    /// The form in which the producer shows a key.
    public enum KeyForm: String, Hashable, Sendable, CaseIterable {
        /// The bytes of the text, prefixes included.
        case text = "text"
        /// Hexadecimal digits.
        case hexadecimal = "hex"
        /// Base64, after `whsec_` where it is there.
        case base64 = "base64"
    }

    /// A part of what is signed.
    public enum Part: Hashable, Sendable {
        /// A fixed text.
        case literal(String)
        /// The value of a header field.
        case header(String)
        /// The text of a member of the JSON body.
        case json(String)
        /// The signed time as it is written in the request.
        case timestamp
        /// The method in capital letters.
        case method
        /// The URL that the producer was given, with the query of the request.
        case url
        /// The body, byte for byte.
        case body
        /// The names and values of a form, sorted by name, without anything between them; nothing where the body is no form.
        case formFields
    }

    /// The time of sending.
    public struct Time: Hashable, Sendable {
        /// The place of the time.
        public enum Location: Hashable, Sendable {
            /// A header field.
            case header(String)
            /// A parameter beside the signature, where its notation is ``Notation/parameters(name:separator:)``.
            case parameter(String)
            /// A member of the JSON body.
            case json(String)
        }

        /// The unit in which the time is written, since 1970.
        public enum Unit: String, Hashable, Sendable, CaseIterable {
            /// Seconds.
            case seconds = "s"
            /// Milliseconds.
            case milliseconds = "ms"
        }

        /// The place of the time.
        public var location: Location
        /// The unit in which it is written.
        public var unit: Unit
        /// The bounds within which it may differ from the receiver's clock.
        public var tolerance: TimestampTolerance

        /// Describes where the time stands.
        public init(_ location: Location, unit: Unit = .seconds, tolerance: TimestampTolerance) {
            self.location = location
            self.unit = unit
            self.tolerance = tolerance
        }
    }

    /// The place of the signature.
    public var location: Location
    /// Its notation there.
    public var notation: Notation
    /// Its encoding.
    public var encoding: Encoding
    /// The algorithm that makes it.
    public var algorithm: Algorithm
    /// The form of the key.
    public var keyForm: KeyForm
    /// The parts that are signed, in their order; without meaning where the request carries the secret itself.
    public var signed: [Part]
    /// The time of sending, or `nil` where requests carry none.
    public var time: Time?
    /// The parameter of the URL's query that holds the hexadecimal SHA-256 of a body that is no form, or `nil` for none.
    public var bodyDigest: String?

    /// Describes a scheme.
    public init(
        _ location: Location,
        _ notation: Notation = .plain(prefix: ""),
        _ encoding: Encoding = .hexadecimal,
        _ algorithm: Algorithm = .hmacSHA256,
        keyForm: KeyForm = .text,
        signed: [Part] = [.body],
        time: Time? = nil,
        bodyDigest: String? = nil
    ) {
        self.location = location
        self.notation = notation
        self.encoding = encoding
        self.algorithm = algorithm
        self.keyForm = keyForm
        self.signed = signed
        self.time = time
        self.bodyDigest = bodyDigest
    }
}

extension SignatureScheme {
    /// `sha256=` and the hexadecimal HMAC of the body, as GitHub made it common.
    static func githubStyle(_ header: String) -> SignatureScheme {
        SignatureScheme(.header(header), .plain(prefix: "sha256="))
    }

    /// `Authorization: Bearer` and the secret.
    static let bearer = SignatureScheme(.header("authorization"), .authorization("Bearer"), .text, .secret)

    /// `Authorization: Basic` and the base64 of a secret that is written `user:password`.
    package static let basic = SignatureScheme(.header("authorization"), .authorization("Basic"), .base64, .secret)

    /// True where the request carries the secret itself.
    var carriesSecret: Bool {
        algorithm == .secret
    }

    /// True where the URL is needed to check a request.
    var signsURL: Bool {
        signed.contains(.url)
    }

    /// True where a request can carry several signatures, as during a rotation.
    var carriesSeveralSignatures: Bool {
        if case .parameters = notation {
            return true
        }
        return false
    }

    /// The header fields that must be there.
    var headers: [String] {
        var names: [String] = []
        if case .header(let name) = location {
            names.append(name)
        }
        if case .header(let name)? = time?.location {
            names.append(name)
        }
        for case .header(let name) in signed {
            names.append(name)
        }
        return names
    }

    /// The same scheme with its signature in another header.
    func named(_ header: String) -> SignatureScheme {
        var scheme = self
        scheme.location = .header(header)
        return scheme
    }
}
