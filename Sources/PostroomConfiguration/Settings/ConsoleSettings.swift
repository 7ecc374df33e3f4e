package import PostroomCore

/// The console on the admin address, and the ways into it.
package struct ConsoleSettings: Hashable, Sendable {
    /// A mark of a program that has a console.
    package var isEnabled = true
    /// The references to the tokens that let somebody look.
    package var readingTokens: [SecretReference] = []
    /// The references to the tokens that let somebody look and act.
    package var actingTokens: [SecretReference] = []
    /// The time after which a login ends.
    package var session: Duration = .seconds(12 * 3600)
    /// The URL that people reach the admin address under, or `nil` for its own.
    package var url: String?
    /// The header in which a trusted proxy says who somebody is, or `nil`.
    package var proxyHeader: String?
    /// The addresses of that proxy.
    package var proxyAddresses: [AddressRange] = []
    /// The names of those who may act when the proxy says who they are.
    package var proxyActing: [String] = []

    /// A console without a login.
    package init() {}

    /// The key of the section.
    package static let path = "admin.console"

    /// The keys of the console.
    package static let table: [Setting<ConsoleSettings>] = [
        Setting("enabled", \.isEnabled, .flag, "false for an admin address without a console"),
        Setting(
            "reading-tokens",
            list: \.readingTokens,
            .secretReference,
            isSecret: true,
            "where the tokens are that let somebody look"
        ),
        Setting(
            "acting-tokens",
            list: \.actingTokens,
            .secretReference,
            isSecret: true,
            "where the tokens are that let somebody look and act"
        ),
        Setting(
            "session",
            \.session,
            .duration(.seconds(60)...(.seconds(30 * 86_400))),
            "how long a login lasts"
        ),
        Setting(
            "url",
            optional: \.url,
            .url,
            "the URL of the admin address as browsers know it; with https cookies are for TLS only, and its path is a prefix"
        ),
        Setting(
            "proxy.header",
            optional: \.proxyHeader,
            .headerName,
            "the header in which a trusted proxy says who somebody is"
        ),
        Setting(
            "proxy.addresses",
            list: \.proxyAddresses,
            .addressRange,
            "the addresses of that proxy; the header of anybody else means nothing"
        ),
        Setting(
            "proxy.acting",
            list: \.proxyActing,
            .words,
            "the names of those who may act then; * for all, and nobody if not given"
        ),
    ]

    /// Finds the settings that do not fit together.
    ///
    /// - Returns: The settings, with what to do about each.
    package var problems: [(setting: String, advice: String)] {
        switch (proxyHeader, proxyAddresses.isEmpty) {
        case (.some, true):
            [("proxy.header", "would be believed of nobody; give proxy.addresses too, which say who the proxy is")]
        case (nil, false):
            [("proxy.addresses", "mean nothing without proxy.header, which says who somebody is; give that too")]
        default:
            proxyHeader == nil && !proxyActing.isEmpty
                ? [("proxy.acting", "means nothing without proxy.header; leave it out")] : []
        }
    }
}
