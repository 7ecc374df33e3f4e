import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("The pages of endpoints")
struct EndpointTests {
    private static let configured = [
        ConfiguredEndpoint(
            name: "stripe",
            source: "stripe",
            secretNames: ["env:NEW", "env:OLD"],
            expectedEvery: .seconds(1500)
        )
    ]

    private static func console(_ inbox: TestInbox) -> Rig {
        Rig(inbox: inbox, console: Rig.console(.withTokens, inbox.inbox, endpoints: configured))
    }

    @Test("an endpoint's secrets are named with their use, a silence is marked, and refusals are told with names alone")
    func endpoint() async throws {
        try await TestInbox.with { inbox in
            let rig = Self.console(inbox)
            let empty = await rig.get("/console/endpoint?name=stripe")
            #expect(empty.status == 200)
            #expect(empty.main.contains("<code>env:OLD</code>") && empty.main.contains("never"))
            #expect(!empty.main.contains(">silent<"))

            try await inbox.inbox.add([("stripe", "env:OLD", 7), ("stripe", "env:GONE", 1)])
            let refused = RefusedRequest(
                endpoint: "stripe",
                at: Rig.now,
                reason: "missing-header",
                peer: "192.0.2.9",
                lookedFor: "Stripe-Signature",
                found: "x-hub-signature-256, <b>"
            )
            try await inbox.inbox.add([refused], of: "host:1")
            try await inbox.inbox.add([
                FlowAmount(kind: "request", name: "stripe", detail: "duplicate", amount: 3),
                FlowAmount(kind: "refusal", name: "stripe", detail: "missing-header", amount: 1),
            ])
            let page = await rig.get("/console/endpoint?name=stripe", as: .reading).main
            for text in [
                "env:GONE", "192.0.2.9", "Stripe-Signature", "x-hub-signature-256, &lt;b&gt;", "missing-header",
                "host:1",
            ] {
                #expect(page.contains(text), "\(text)")
            }
            #expect(!page.contains(">silent<") && !page.contains("<b>"))

            try await inbox.query("UPDATE postroom.secret_use SET used_at = now() - interval '26 minutes'")
            #expect(await rig.get("/console/endpoint?name=stripe").main.contains(">silent<"))
            let list = await rig.get("/console/endpoints").main
            #expect(list.contains(">silent<") && list.contains("/console/endpoint?name=stripe"))
            #expect(await rig.get("/console/endpoint?name=other").status == 404)
        }
    }

    @Test("a delivery that came again says so")
    func duplicates() async throws {
        try await TestInbox.with { inbox in
            let rig = Self.console(inbox)
            let id = try await inbox.inbox.store([.sample(key: "a")], claimedBy: nil).receipts[0].id
            #expect(await rig.get("/console/delivery?id=\(id)").main.contains("none: it came once"))
            try await inbox.inbox.add(repetitions: [id: 2])
            #expect(await rig.get("/console/delivery?id=\(id)").main.contains("2 times more"))
        }
    }
}
