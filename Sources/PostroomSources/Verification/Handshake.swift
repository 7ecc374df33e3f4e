import Crypto
import FoundationEssentials
import PostroomCore

/// A producer's way of asking whether an endpoint expects it, answered without a handler and without being stored.
public enum Handshake: String, Hashable, Sendable, CaseIterable {
    /// Slack's signed event `url_verification`, answered with its challenge.
    ///
    /// <https://docs.slack.dev/reference/events/url_verification>
    case slack
    /// Discord's signed ping, of webhook events and of interactions.
    ///
    /// <https://docs.discord.com/developers/events/webhook-events>
    case discord
    /// Zoom's signed event `endpoint.url_validation`, answered with its token and the token's code under the secret.
    ///
    /// <https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint>
    case zoom
    /// Meta's GET with `hub.challenge`, which carries a token that one has given to Meta.
    ///
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
    case meta
    /// CloudEvents' OPTIONS with the origin that asks to send.
    ///
    /// It proves nothing and grants nothing but the sending.
    ///
    /// <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection>
    case cloudEvents
    /// A HEAD request, by which Intercom looks whether the URL exists.
    ///
    /// <https://developers.intercom.com/docs/webhooks/setting-up-webhooks>
    case head

    /// The methods beside POST that belong to it.
    public var methods: [String] {
        switch self {
        case .slack, .discord, .zoom: []
        case .meta: ["GET"]
        case .cloudEvents: ["OPTIONS"]
        case .head: ["HEAD"]
        }
    }

    /// True where it carries a token of its own, which an endpoint needs beside its secrets.
    public var needsToken: Bool {
        self == .meta
    }
}

/// The answers to the handshakes of one endpoint.
struct HandshakeReply: Sendable {
    /// A body beyond this many bytes is no handshake: none of them sends as much, and other bodies are not read for it.
    private static let longestBody = 4096
    private static let longestChallenge = 1024

    let handshake: Handshake
    /// The bytes of the endpoint's secrets.
    private let secrets: [[UInt8]]
    /// The codes of the endpoint's own tokens for handshakes, under a key that is drawn for it.
    private let tokens: [HMAC<SHA256>.MAC]
    private let tokenKey = SymmetricKey(size: .bits256)

    init(_ handshake: Handshake, secrets: [Secret], tokens: [Secret]) {
        let key = tokenKey
        self.handshake = handshake
        self.secrets = secrets.map(\.bytes)
        self.tokens = tokens.map { Signature.code([$0.bytes], key: key) }
    }

    /// Answers a request that is authentic.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - secret: The place of the secret that its signature fits.
    /// - Returns: The answer, or `nil` where it is an ordinary delivery.
    func answer(authentic request: WebhookRequest, secret: Int) -> Verdict? {
        guard handshake.methods.isEmpty, request.body.count <= Self.longestBody,
            let body = try? JSONObject(checking: request.body)
        else { return nil }
        switch handshake {
        case .slack:
            guard body["type"]?.string == "url_verification", let challenge = body["challenge"]?.string,
                challenge.utf8.count <= Self.longestChallenge
            else { return nil }
            return .handshake(HandshakeResponse(contentType: "text/plain", body: Array(challenge.utf8)))
        case .discord:
            // An interaction has a token, by which it is answered; a webhook event has none.
            switch (body["type"]?.integer, body.has("token")) {
            case ("1", true):
                return .handshake(HandshakeResponse(contentType: "application/json", body: Array(#"{"type":1}"#.utf8)))
            case ("0", _): return .handshake(HandshakeResponse())
            default: return nil
            }
        case .zoom:
            guard body["event"]?.string == "endpoint.url_validation",
                let token = body["payload"]?.object?["plainToken"]?.string, token.utf8.count <= Self.longestChallenge
            else { return nil }
            let code = Signature.code([Array(token.utf8)], key: SymmetricKey(data: secrets[secret]))
            let answer = """
                {"plainToken":\(JSONString.quoted(token)),"encryptedToken":"\(Hexadecimal.encode(Array(code)))"}
                """
            return .handshake(HandshakeResponse(contentType: "application/json", body: Array(answer.utf8)))
        case .meta, .cloudEvents, .head: return nil
        }
    }

    /// Answers a request of another method than POST.
    func answer(unsigned request: WebhookRequest) -> Verdict? {
        guard handshake.methods.contains(request.method) else { return nil }
        switch handshake {
        case .meta: return subscription(request)
        case .cloudEvents:
            guard let origin = request.headers.only("webhook-request-origin"), Self.isOrigin(origin) else {
                return .refused(.missingHeader)
            }
            return .handshake(
                HandshakeResponse(
                    contentType: "text/plain",
                    fields: [
                        .init("Allow", "POST, OPTIONS"), .init("WebHook-Allowed-Origin", origin),
                        .init("WebHook-Allowed-Rate", "*"),
                    ]
                )
            )
        case .head: return .handshake(HandshakeResponse(contentType: "text/plain"))
        case .slack, .discord, .zoom: return nil
        }
    }

    private func subscription(_ request: WebhookRequest) -> Verdict {
        let query = FormFields(target: request.target)
        guard query.only("hub.mode") == "subscribe", let token = query.only("hub.verify_token"),
            let challenge = query.only("hub.challenge"), challenge.utf8.count <= Self.longestChallenge
        else { return .refused(.missingHeader) }
        let offered = Array(Signature.code([Array(token.utf8)], key: tokenKey))
        let fitting = tokens.filter { $0 == offered }
        guard !fitting.isEmpty else { return .refused(.tokenMismatch) }
        // As plain text, so that no browser takes it for a page.
        return .handshake(HandshakeResponse(contentType: "text/plain", body: Array(challenge.utf8)))
    }

    /// True where a text is a name of DNS, or `*`.
    private static func isOrigin(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".-*:/".utf8.contains(byte)
                }
            }
    }
}
