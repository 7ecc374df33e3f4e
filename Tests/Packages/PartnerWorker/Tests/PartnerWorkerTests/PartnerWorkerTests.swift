import Postroom
import PostroomTesting
import Testing

@testable import PartnerWorker

@Suite("A producer of another package")
struct PartnerWorkerTests {
    private let sources = SourceRegistry(Partner.self)

    @Test("its sample is an event of its type, and its handler handles it")
    func trial() async throws {
        let event = try Event.sample(Partner.source, "invoice.paid", sources: sources)
        #expect(event.type == "invoice.paid")
        #expect(event.idempotencyKey.hasPrefix("evt_"))
        #expect(try event.decode(as: InvoicePaid.self).cents == 1200)
        let trial = try HandlerTrial("ledger.note") { PartnerWorker().register(on: &$0) }
        #expect(await trial.run(event).verdict == .handled)
        let other = try Event.sample(Partner.source, "invoice.voided", sources: sources)
        #expect(await trial.run(other).verdict == .notSubscribed)
    }

    @Test("a body that does not fit is undecodable, with its path")
    func misfit() async throws {
        let body = #"{"event":{"name":"invoice.paid"},"invoice":"in_1","cents":"many"}"#
        let event = Event.received(from: Partner.source, body: body, sources: sources)
        let trial = try HandlerTrial("ledger.note") { PartnerWorker().register(on: &$0) }
        let run = await trial.run(event)
        #expect(run.verdict == .dead(.undecodable))
        #expect(run.errors.first?.contains("cents") == true)
    }

    @Test("a request signed as its sender signs carries its signature, type and key")
    func request() throws {
        let secret = Secret("a secret of the partner")
        let request = try TestRequest.signed(Partner.source, "invoice.voided", secrets: [secret], sources: sources)
        #expect(request.headers.contains { $0.name == "X-Signature" && $0.value.hasPrefix("v1=") })
        #expect(request.headers.contains { $0.name == "X-Id" })
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""event":{"name":"invoice.voided"}"#))
    }
}
