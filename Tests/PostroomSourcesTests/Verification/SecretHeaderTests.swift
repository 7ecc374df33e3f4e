import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Header fields that carry a secret itself")
struct SecretHeaderTests {
    @Test(
        "are named by the verifier of every source, and without them nothing of the secret is left",
        arguments: Sources.all
    )
    func everySource(definition: SourceDefinition) throws {
        let text =
            definition.scheme == .standardWebhooks ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" : "s3cr3t-t0ken-0f-ours"
        let verifier = try Sources.verifier(
            for: definition.source,
            secrets: [Secret("other0"), Secret(text)].suffix(1)
        )
        let request = try RequestSigner.sign(
            source: definition.source,
            secret: Secret(text),
            body: Array("{}".utf8),
            id: "msg_1",
            now: unix(1_773_568_800)
        )
        let headers = Headers(request.headers)
        #expect(verifier.verify(headers: headers, body: request.body, now: unix(1_773_568_800)) == .authentic)
        let kept = headers.hiding(verifier.secretHeaders, behind: "[redacted]")
        let isBearer = definition.scheme == .bearer
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
