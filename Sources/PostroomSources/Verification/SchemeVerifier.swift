import Crypto
import FoundationEssentials
import PostroomCore

/// Checks requests by a scheme.
///
/// Where the time or the signature stands in the body, the body is read before anybody vouches for it: by the strict pass
/// that bounds its own time and memory.
struct SchemeVerifier: RequestVerifier {
    /// The most signatures, or pairs of parameters, that are looked at.
    static let maximumTokens = 16

    let secretHeaders: [String]
    let neededHeaders: [String]
    private let scheme: SignatureScheme
    private let keys: SigningKeys
    private let url: PublicURL
    private let reply: HandshakeReply?

    /// Prepares the keys.
    ///
    /// - Parameters:
    ///   - scheme: The scheme.
    ///   - secrets: The endpoint's secrets.
    ///   - url: The URL that the producer was given.
    ///   - reply: The answer to handshakes, or `nil` where there are none.
    /// - Throws: ``SecretProblem``.
    init(
        _ scheme: SignatureScheme,
        secrets: [Secret],
        url: PublicURL = PublicURL(),
        reply: HandshakeReply? = nil
    ) throws(SecretProblem) {
        guard scheme.headers.allSatisfy(HeaderField.isName) else { throw SecretProblem(.header) }
        self.scheme = scheme
        self.keys = try scheme.keys(secrets)
        self.url = url
        self.reply = reply
        self.neededHeaders = scheme.headers
        if case .header(let name) = scheme.location, scheme.carriesSecret {
            self.secretHeaders = [name]
        } else {
            self.secretHeaders = []
        }
    }

    var handshakeMethods: [String] {
        reply?.handshake.methods ?? []
    }

    func verify(_ request: WebhookRequest, now: Date) -> Verdict {
        examine(request, now: now).verdict
    }

    func examine(_ request: WebhookRequest, now: Date) -> (verdict: Verdict, secret: Int?) {
        guard request.method == "POST" else {
            return (reply?.answer(unsigned: request) ?? .refused(.tokenMismatch), nil)
        }
        do throws(Refusal) {
            let position = try check(request, now: now)
            return (reply?.answer(authentic: request, secret: position) ?? .authentic, position)
        } catch {
            return (.refused(error.reason), nil)
        }
    }

    /// Checks a request.
    ///
    /// - Returns: The place of the secret that fits, from 0.
    private func check(_ request: WebhookRequest, now: Date) throws(Refusal) -> Int {
        var reader = SchemeReader(scheme, request)
        let presented = try reader.presented()
        let time = try reader.time(presented)
        let position: Int?
        switch keys {
        case .tokens(let codes, let key):
            guard presented.candidates.count == 1, !presented.candidates[0].isEmpty else {
                throw Refusal(.malformedHeader)
            }
            let offered = Array(Signature.code(presented.candidates, key: key))
            position = codes.indices.reduce(nil) { codes[$1] == offered ? $1 : $0 }
        case .shared(let keys):
            position = try firstMatch(&reader, request, time) { pieces in
                keys.indices.reduce(nil) { found, index in
                    Signature.matches(presented.candidates, pieces, key: keys[index], scheme.algorithm) ? index : found
                }
            }
        case .asymmetric(let keys):
            position = try firstMatch(&reader, request, time) { pieces in
                keys.firstIndex { Ed25519.matches(presented.candidates, pieces, [$0]) }
            }
        }
        guard let position else { throw Refusal(scheme.carriesSecret ? .tokenMismatch : .signatureMismatch) }
        try reader.checkBodyDigest()
        if let time, let bounds = scheme.time?.tolerance {
            guard bounds.accepts(unixSeconds: time.seconds, now: now) else { throw Refusal(.timestampOutsideTolerance) }
        }
        return position
    }

    /// Tries each URL that the producer may have been given; most schemes sign none.
    private func firstMatch(
        _ reader: inout SchemeReader,
        _ request: WebhookRequest,
        _ time: SchemeReader.Time?,
        _ match: ([[UInt8]]) -> Int?
    ) throws(Refusal) -> Int? {
        guard scheme.signsURL else { return match(try reader.signedPieces(time: time, url: "")) }
        for url in url.candidates(request) {
            if let position = match(try reader.signedPieces(time: time, url: url)) {
                return position
            }
        }
        return nil
    }
}

/// The URL of an endpoint as its producer knows it.
struct PublicURL: Sendable {
    /// The URL without a query, or `nil` where the request itself has to tell.
    private let base: String?

    init(_ base: String? = nil) {
        self.base = base.map { String($0.prefix { $0 != "?" && $0 != "#" }) }
    }

    /// The URLs that the producer may have signed.
    ///
    /// Where none is configured, they are those that the `Host` field and the target name. Whoever chooses these fields
    /// can't sign.
    func candidates(_ request: WebhookRequest) -> [String] {
        if let base {
            return [base + request.target.drop { $0 != "?" }]
        }
        guard let host = request.headers.only("host"), request.target.utf8.first == UInt8(ascii: "/") else { return [] }
        return ["https://\(host)\(request.target)", "http://\(host)\(request.target)"]
    }
}
