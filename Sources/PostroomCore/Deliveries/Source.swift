/// A kind of producer: how its deliveries are signed, identified and typed.
///
/// The set is open. A name that this version does not know is kept, and its deliveries reach pattern handlers.
public struct Source: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name in configuration, in the database and in commands.
    public let rawValue: String

    /// Wraps a name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Wraps a name that is written in code.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The name.
    public var description: String {
        rawValue
    }

    /// Wacht deployment events.
    public static let wacht: Source = "wacht"
    /// Anthropic managed agents.
    public static let anthropic: Source = "anthropic"
    /// wakit, also known as OpenBSP: rows of a messaging database.
    public static let wakit: Source = "wakit"
    /// Dynamic: wallets and users.
    public static let dynamic: Source = "dynamic"
    /// Nyuchi, and every other user of the same documentation template.
    public static let nyuchi: Source = "nyuchi"
    /// Any producer that signs by the Standard Webhooks specification.
    public static let standardWebhooks: Source = "standard-webhooks"
    /// Any producer that sends `sha256=` and the hexadecimal HMAC of the raw body.
    public static let hmacSHA256: Source = "hmac-sha256"
    /// Any producer that authenticates with a bearer token.
    public static let bearer: Source = "bearer"
    /// Any producer that sends CloudEvents and authenticates with a bearer token.
    public static let cloudEvents: Source = "cloudevents"
    /// A producer whose scheme an endpoint's configuration describes.
    public static let custom: Source = "custom"
    /// Deliveries that an endpoint without a secret stored: nobody vouches for them, and no handler receives them.
    public static let unverified: Source = "unverified"
    /// Deliveries that `postroom.enqueue` stored from SQL.
    public static let sql: Source = "sql"
}
