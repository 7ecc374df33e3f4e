import FoundationEssentials
import PostroomCore

/// The signing tokens of producers that send a plain secret where they have none.
enum SigningToken {
    /// The bounds within which the signed time may be off, as the specification recommends.
    static let tolerance = TimestampTolerance.within(.seconds(300))

    /// Returns true for a signing token.
    static func isOne(_ secret: Secret) -> Bool {
        secret.form == .text && secret.bytes.starts(with: "whsec_".utf8)
    }
}

/// Checks requests that are signed by Standard Webhooks where the endpoint has a signing token, and by another scheme where
/// it has other secrets, as while a producer changes over.
struct SigningTokenVerifier: RequestVerifier {
    let secretHeaders: [String]
    let handshakeMethods: [String] = []
    private let signed: StandardWebhooksVerifier
    /// The places of the signing tokens among the secrets.
    private let signedPlaces: [Int]
    private let other: SchemeVerifier?
    private let otherPlaces: [Int]

    /// Prepares the keys.
    ///
    /// - Parameters:
    ///   - scheme: The scheme of the secrets that are no signing tokens.
    ///   - secrets: The secrets, of which one at least is a signing token.
    /// - Throws: ``SecretProblem``.
    init(_ scheme: SignatureScheme, secrets: [Secret]) throws(SecretProblem) {
        signedPlaces = secrets.indices.filter { SigningToken.isOne(secrets[$0]) }
        otherPlaces = secrets.indices.filter { !SigningToken.isOne(secrets[$0]) }
        do throws(SecretProblem) {
            signed = try StandardWebhooksVerifier(
                secrets: signedPlaces.map { secrets[$0] },
                tolerance: SigningToken.tolerance
            )
        } catch {
            throw error.moved(to: signedPlaces)
        }
        do throws(SecretProblem) {
            other = otherPlaces.isEmpty ? nil : try SchemeVerifier(scheme, secrets: otherPlaces.map { secrets[$0] })
        } catch {
            throw error.moved(to: otherPlaces)
        }
        // A producer may send the secret beside the signature, and it is kept as little.
        if case .header(let name) = scheme.location, scheme.carriesSecret {
            secretHeaders = [name]
        } else {
            secretHeaders = []
        }
    }

    var neededHeaders: [String] {
        signed.neededHeaders + (other?.neededHeaders ?? [])
    }

    func verify(_ request: WebhookRequest, now: Date) -> Verdict {
        examine(request, now: now).verdict
    }

    func examine(_ request: WebhookRequest, now: Date) -> (verdict: Verdict, secret: Int?) {
        let (verdict, place) = signed.examine(request, now: now)
        guard verdict != .authentic, let other else { return (verdict, place.map { signedPlaces[$0] }) }
        let (otherVerdict, otherPlace) = other.examine(request, now: now)
        // What was signed is told of rather than what was not sent.
        let isSigned = verdict != .refused(.missingHeader) && otherVerdict != .authentic
        return isSigned ? (verdict, nil) : (otherVerdict, otherPlace.map { otherPlaces[$0] })
    }
}

extension SecretProblem {
    /// The same problem, with the place of its secret in the endpoint's list.
    fileprivate func moved(to places: [Int]) -> SecretProblem {
        SecretProblem(kind, position: position.map { places[$0 - 1] + 1 })
    }
}
