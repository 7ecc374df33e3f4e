import FoundationEssentials
import PostroomCore

/// The secrets of the development setup's endpoints, which anybody can know.
///
/// `postroom dev` gives each source an endpoint of the same name with its secret, and `postroom send` signs with it. They
/// guard nothing; never use one for an endpoint that others can reach.
enum DevSecrets {
    /// Each source that an endpoint can have, with its secret as its producer would show it.
    static let all: [(source: Source, text: String)] = [
        (.wacht, standardWebhooks("wacht")),
        (.anthropic, standardWebhooks("anthropic")),
        (.wakit, "postroom-dev-wakit-token"),
        (.dynamic, "dyn_postroom-dev-dynamic-secret"),
        (.nyuchi, "postroom-dev-nyuchi-secret"),
        (.standardWebhooks, standardWebhooks("standard")),
        (.hmacSHA256, "postroom-dev-hmac-secret"),
        (.bearer, "postroom-dev-bearer-token"),
    ]

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
