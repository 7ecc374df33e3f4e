/// A secret that an endpoint shares with its senders.
///
/// No description and no reflection shows it, so that it can't be logged by accident.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How the bytes are to be understood.
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

    /// That it is a secret.
    public var description: String {
        "(secret)"
    }

    /// That it is a secret.
    public var debugDescription: String {
        "(secret)"
    }

    /// Nothing.
    public var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

/// What is wrong with the secrets and options that a verifier should be made of.
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
        /// A bearer token contains something that a header field can't carry.
        case notAToken
        /// A header was named that the source's scheme does not use, or whose name is no header name.
        case header
        /// The source is unknown, or its deliveries do not come over HTTP.
        case source
        /// A tolerance was given that is less than a second, or to a source whose requests carry no signed time.
        case tolerance
    }

    /// The kind.
    public let kind: Kind
    /// The place of the secret in the list, from 1, where one secret is the problem.
    public let position: Int?

    init(_ kind: Kind, position: Int? = nil) {
        self.kind = kind
        self.position = position
    }

    /// What is wrong, and what to do.
    public var description: String {
        let secret = position.map { "secret \($0)" } ?? "the secret"
        return switch kind {
        case .noSecrets: "no secret is given; without one anybody could post to the endpoint"
        case .empty: "\(secret) is empty"
        case .notBase64: "\(secret) is not in base64 (after an optional 'whsec_'); copy it whole from the producer"
        case .notAToken: "\(secret) can't be a bearer token; it contains white space or characters beyond ASCII"
        case .header: "the source's signature does not stand in a header of that name; leave 'header' out"
        case .source: "no endpoint can have this source; choose one of those that 'postroom sources' lists"
        case .tolerance: "'tolerance' must be a second at least, and only requests with a signed time can have one"
        }
    }
}
