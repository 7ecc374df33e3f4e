import FoundationEssentials
import PostroomCore
import PostroomSources

/// The secrets of the development setup's endpoints, which anybody can know.
///
/// `postroom dev` gives each source an endpoint of the same name with its secret, and `postroom send` signs with it. They
/// guard nothing; never use one for an endpoint that others can reach.
enum DevSecrets {
    /// Each source that an endpoint can have, with its secret as its producer would show it.
    static let all: [(source: Source, text: String)] = ofVariousForms + presets

    private static let ofVariousForms: [(source: Source, text: String)] = [
        (.wacht, standardWebhooks("wacht")),
        (.anthropic, standardWebhooks("anthropic")),
        (.wakit, "postroom-dev-wakit-token"),
        (.dynamic, "dyn_postroom-dev-dynamic-secret"),
        (.nyuchi, "postroom-dev-nyuchi-secret"),
        (.standardWebhooks, standardWebhooks("standard")),
        (.hmacSHA256, "postroom-dev-hmac-secret"),
        (.bearer, "postroom-dev-bearer-token"),
        (.discord, discordKeys),
    ]

    private static let presets: [(source: Source, text: String)] = {
        let inBase64: [Source] = [.svix, .clerk, .resend, .openAI]
        let others: [Source] = [
            .cloudEvents, .github, .gitlab, .linear, .stripe, .paddle, .square, .shopify, .hubspot, .mailgun, .slack,
            .twilio, .zoom, .intercom, .meta,
        ]
        return inBase64.map { (source: $0, text: standardWebhooks($0.rawValue)) }
            + others.map { (source: $0, text: "postroom-dev-\($0)-secret") }
    }()

    /// A private key of Ed25519 with its public half, in hexadecimal, so that `send` can sign as Discord does.
    ///
    /// Its first half is the text `postroom dev discord secret.....`.
    private static let discordKeys =
        "706f7374726f6f6d2064657620646973636f7264207365637265742e2e2e2e2e"
        + "d632243a41bd50024bd851088b92b9aefeb3fc2069f071be9d63d52c990afc14"

    /// The secret of a source, as its producer would show it.
    static func text(of source: Source) -> String? {
        all.first { $0.source == source }?.text
    }

    /// `whsec_` and 32 bytes that say what they are, in base64.
    private static func standardWebhooks(_ name: String) -> String {
        let words = Array("postroom dev \(name) secret".utf8)
        let key = words + [UInt8](repeating: UInt8(ascii: "."), count: max(0, 32 - words.count))
        return "whsec_" + Data(key.prefix(32)).base64EncodedString()
    }
}
