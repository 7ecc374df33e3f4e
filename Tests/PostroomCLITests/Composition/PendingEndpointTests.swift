import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomReceiver
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("An endpoint whose sender's secret is not known yet")
struct PendingEndpointTests {
    private func endpoint() throws -> ReceiverEndpoint {
        let loaded = try load("endpoints:\n  wallets: {source: dynamic, pending: true}\n")
        return try #require(try EndpointAssembly.endpoints(loaded, sources: .builtIn, environment: [:]).first)
    }

    @Test(
        "takes a bare ping and nothing else",
        arguments: [
            (#"{"eventName":"ping"}"#, true), (#"{"eventName":"ping","data":{}}"#, true),
            (#"{"eventName":"wallet.linked","data":{}}"#, false), (#"{"eventName":"pong"}"#, false), ("", false),
            (#"{"eventName":"ping","eventName":"wallet.linked"}"#, false), ("[]", false),
        ]
    )
    func takes(body: String, isTaken: Bool) throws {
        let endpoint = try endpoint()
        let request = WebhookRequest(headers: Headers(), body: Array(body.utf8))
        let verdict = endpoint.verify(request, Date(timeIntervalSince1970: 1_773_568_800))
        #expect(verdict == (isTaken ? .authentic() : .refused(Refusal(reason: "pending"))))
        #expect(endpoint.refusalStatus == .serviceUnavailable)
    }

    @Test("what it takes is no handler's, not even of one that takes everything")
    func handledByNobody() throws {
        let entry = HandlerDirectory.Entry(
            name: "audit",
            patterns: [.everything],
            recordedAt: Timestamp(rawValue: 0),
            isPaused: false
        )
        func delivery(_ source: Source) -> Delivery {
            Delivery(
                id: DeliveryID(rawValue: 256),
                endpoint: "wallets",
                source: source,
                eventType: "ping",
                idempotencyKey: "k",
                receivedAt: Timestamp(rawValue: 1),
                headers: Headers(),
                body: []
            )
        }
        #expect(try endpoint().source == .unverified)
        #expect(!entry.wants(delivery(.unverified)))
        #expect(entry.wants(delivery(.dynamic)))
    }

    @Test(
        "is refused for other sources, and beside secrets",
        arguments: [
            ("{source: wacht, pending: true}", "is for a source that sends a ping"),
            ("{source: dynamic, pending: true, secrets: [env:A]}", "has no use beside secrets"),
            ("{source: dynamic, pending: perhaps}", "expected true or false"),
        ]
    )
    func refused(endpoint: String, advice: String) {
        let error = #expect(throws: InvalidConfiguration.self) { try load("endpoints:\n  wallets: \(endpoint)\n") }
        let found = error?.problems.map(\.description) ?? []
        #expect(found.contains { $0.contains("endpoints.wallets.pending") && $0.contains(advice) }, "\(found)")
    }
}
