import PostroomCore
import PostroomSources
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("A source of one's own, on a page")
struct OwnSourceTests {
    /// A producer that only this program knows.
    private enum Partner: WebhookSource {
        static let definition = SourceDefinition(
            source: "partner",
            summary: "Partner: invoices",
            scheme: .row(SignatureScheme(.header("X-Signature"))),
            sensitivePaths: ["customer.iban"]
        )
    }

    /// A producer that writes the secret into the body.
    private enum Gate: WebhookSource {
        static let definition = SourceDefinition(
            source: "gate",
            summary: "a gate",
            scheme: .row(SignatureScheme(.json("by[0].word"), .plain(prefix: ""), .text, .secret))
        )
    }

    private static let body = #"{"type":"t","customer":{"iban":"DE02120300000000202051","name":"seen"}}"#

    /// The delivery's page with a body of a source.
    private func page(_ source: Source, _ body: String, _ sources: SourceRegistry) async throws -> String {
        try await Rig.with(sources: sources) { rig in
            try await rig.inbox.query(
                """
                INSERT INTO postroom.delivery
                VALUES (256, now(), 'e', '\(source)', 't', 'k', ''::bytea, convert_to('\(body)', 'UTF8'))
                """
            )
            return String(await rig.get("/console/delivery?id=256").main)
        }
    }

    @Test("its sensitive fields are masked, and where nobody registered it they could not be")
    func masked() async throws {
        let known = try await page("partner", Self.body, SourceRegistry(Partner.self))
        #expect(known.contains("•••") && known.contains("seen"))
        #expect(!known.contains("DE02120300000000202051"))
        let unknown = try await page("partner", Self.body, SourceRegistry())
        #expect(unknown.contains("DE02120300000000202051"))
    }

    @Test("a secret that a request carries in its body is masked without being named")
    func secretInBody() async throws {
        let body = #"{"type":"t","by":[{"word":"open sesame"}],"word":"seen"}"#
        let known = try await page("gate", body, SourceRegistry(Gate.self))
        #expect(known.contains("•••") && known.contains("seen"))
        #expect(!known.contains("sesame"))
    }
}
