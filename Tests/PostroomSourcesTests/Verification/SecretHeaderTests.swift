import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Header fields that carry a secret itself")
struct SecretHeaderTests {
    @Test(
        "are named by the verifier of every source, and without them nothing of the secret is left",
        arguments: SourceRegistry.builtIn.definitions.filter { $0.scheme != .configured }
    )
    func everySource(definition: SourceDefinition) throws {
        let secret = testSecret(definition.source)
        let text = String(decoding: secret.bytes, as: UTF8.self)
        let verifier = try SourceRegistry.builtIn.verifier(for: definition.source, secrets: [secret])
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(
                body: Array(#"{"signature":{"timestamp":"0","token":"t","signature":""},"webhookTimestamp":0}"#.utf8),
                id: "msg_1",
                now: unix(1_773_568_800)
            ),
            as: definition.source,
            secrets: [secret]
        )
        let headers = Headers(request.headers)
        #expect(verifier.verify(request.received(), now: unix(1_773_568_800)) == .authentic)
        let kept = headers.hiding(verifier.secretHeaders, behind: "[redacted]")
        let isBearer = definition.scheme.carriesSecret
        #expect(headers.wire.containsText(text) == isBearer)
        #expect(!kept.wire.containsText(text))
        // A signature is evidence, and is kept.
        #expect((kept == headers) == !isBearer)
        #expect(kept.fields.count == headers.fields.count)
    }
}

extension [UInt8] {
    fileprivate func containsText(_ text: String) -> Bool {
        String(decoding: self, as: UTF8.self).contains(text)
    }
}
