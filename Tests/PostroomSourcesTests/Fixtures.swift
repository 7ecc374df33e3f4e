import Crypto
import FoundationEssentials
import PostroomCore

@testable import PostroomSources

/// A delivery as the inbox would hold it.
func delivery(
    _ source: Source,
    _ body: String,
    headers: Headers = Headers(),
    eventType: String? = nil
) -> Delivery {
    let bytes = Array(body.utf8)
    let identity = SourceRegistry.builtIn.rules(for: source).identify(headers: headers, body: bytes)
    return Delivery(
        id: DeliveryID(rawValue: 256),
        endpoint: "test",
        source: source,
        eventType: eventType ?? identity.eventType,
        idempotencyKey: identity.idempotencyKey,
        receivedAt: Timestamp(rawValue: 0),
        headers: headers,
        body: bytes
    )
}

/// An event as a handler would receive it.
func event(_ source: Source, _ body: String, eventType: String? = nil) -> Event {
    let delivery = delivery(source, body, eventType: eventType)
    return Event(delivery: delivery, details: SourceRegistry.builtIn.rules(for: source).details(of: delivery))
}

func identity(_ source: Source, _ body: String, headers: Headers = Headers()) -> DeliveryIdentity {
    SourceRegistry.builtIn.rules(for: source).identify(headers: headers, body: Array(body.utf8))
}

func details(_ source: Source, _ body: String) -> EventDetails {
    SourceRegistry.builtIn.rules(for: source).details(of: delivery(source, body))
}

/// A secret of a source in its producer's form; another one for another number.
func testSecret(_ source: Source, _ number: UInt8 = 0) -> Secret {
    let bytes = Array("thirty-two bytes of test secret".utf8) + [UInt8(ascii: "0") + number]
    switch SourceRegistry.builtIn.definition(of: source)?.scheme {
    case .standardWebhooks: return Secret("whsec_" + Base64.encode(bytes))
    case .row(let row) where row.algorithm == .ed25519:
        let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        return Secret(Hexadecimal.encode(bytes + (key?.publicKey.rawRepresentation ?? Data())))
    default: return Secret("dyn_t0ken\(number)")
    }
}

/// A date from Unix seconds.
func unix(_ seconds: Double) -> Date {
    Date(timeIntervalSince1970: seconds)
}

/// Reproducible randomness.
struct SeededGenerator: RandomNumberGenerator {
    private var values: SampleValues

    init(seed: UInt64) {
        self.values = SampleValues(seed: seed, index: 0, now: unix(0))
    }

    mutating func next() -> UInt64 {
        values.bits()
    }
}

extension SourceRegistry {
    /// The verifier of an endpoint with options of its own.
    func verifier(
        for source: Source,
        secrets: [Secret],
        header: String? = nil,
        tolerance: Duration? = nil,
        url: String? = nil,
        handshakeTokens: [Secret] = []
    ) throws(SecretProblem) -> any RequestVerifier {
        let options = VerifierOptions(
            secrets: secrets,
            header: header,
            tolerance: tolerance,
            url: url,
            handshakeTokens: handshakeTokens
        )
        return try verifier(for: source, options)
    }
}
