import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

// Where each of Dynamic's nasty cases has its test:
//
//  1 a ping before the secret is known       PostroomCLI: "takes a bare ping and nothing else"
//  2 a ping with nothing else                "a ping may have nothing but its name"
//  3 a redelivery, with its message or anew  here
//  4 a retry of a day later                  here
//  5 who caused it, and whom it concerns     "the captured user decodes, and who caused the event is another"
//  6 two webhooks, one event                 here
//  7 live and sandbox at one URL             here
//  8 a secret that looks like base64         "the key is the whole secret, whatever its prefix looks like"
//  9 a wallet's differing names              "a wallet is one and the same under all its names", "case counts …"
// 10 amounts of any size                     "amounts of any size are kept digit for digit"
// 11 data that is no object                  "every event decodes from an empty object, and all but the ping need one"
// 12 names to come                           here, and "an event without a message" in Identity
// 13 a time in seconds                       "time, object and redelivery are read from every shape"
// 14 the signature's forms                   "hexadecimal digits may be of either case, …", "the header must be …"
// 15 key material, hundreds of wallets       here, and "values at sensitive places are hidden, …"
@Suite("Dynamic's nasty cases")
struct DynamicNastyTests {
    private func body(
        _ type: String = "wallet.linked",
        message: String = "m1",
        event: String = "e1",
        environment: String = "live",
        more: String = ""
    ) -> String {
        """
        {"messageId":"\(message)","eventId":"\(event)","eventName":"\(type)","environmentId":"\(environment)"\(more),\
        "timestamp":"2026-03-15T10:00:00.000Z","data":{"id":"w1"}}
        """
    }

    private func key(_ body: String) -> String {
        identity(.dynamic, body).idempotencyKey
    }

    @Test("a redelivery is the delivery that it repeats, under its own message or a new one, and says so")
    func redelivery() {
        let again = body(more: #","redelivery":true"#)
        let anew = body(message: "m2", more: #","redelivery":true"#)
        #expect(Set([body(), again, anew].map(key)) == ["live:e1"])
        #expect(details(.dynamic, anew).isRedelivery && !details(.dynamic, body()).isRedelivery)
    }

    @Test("one event of two webhooks is one delivery, so that handlers run once; in another environment it is another")
    func twoWebhooks() {
        #expect(key(body(message: "m1")) == key(body(message: "m2")))
        #expect(key(body(event: "e2")) != key(body()))
        #expect(key(body(environment: "sandbox")) != key(body()))
    }

    @Test("a retry of days later is authentic: nothing that is signed grows old")
    func lateRetry() throws {
        let attempt = try SignedAttempt(.dynamic, "dyn_secret", body())
        #expect(try attempt.verdict(["dyn_secret"], at: 1_773_568_800 + 26 * 3600) == .authentic)
        #expect(throws: SecretProblem.self) {
            try SourceRegistry.builtIn.verifier(for: .dynamic, secrets: [Secret("s")], tolerance: .seconds(300))
        }
    }

    @Test("live and sandbox may share an endpoint that has both secrets, and an event tells which it is of")
    func twoEnvironments() throws {
        for (secret, environment) in [("dyn_live", "live"), ("dyn_sandbox", "sandbox")] {
            let attempt = try SignedAttempt(.dynamic, secret, body("ping", environment: environment))
            #expect(try attempt.verdict(["dyn_live", "dyn_sandbox"]) == .authentic)
            let ping = try event(.dynamic, attempt.body).decode(as: Dynamic.Ping.self)
            #expect(ping.notice.environmentID == environment)
        }
    }

    @Test(
        "an alias of an old name is an event of its own type",
        arguments: ["user.linked", "a.b.c.d", "walletCreated"]
    )
    func alias(_ name: String) {
        let event = event(.dynamic, body(name))
        #expect(event.type == name && event.idempotencyKey == "live:e1")
        #expect(!SourceRegistry.builtIn.events(of: .dynamic).contains { $0.eventType == name })
    }

    @Test("a user with hundreds of wallets decodes")
    func manyWallets() throws {
        let wallet = #"{"id":"c","chain":"eip155","address":"0xAbC","format":"blockchain"}"#
        let wallets = [String](repeating: wallet, count: 800).joined(separator: ",")
        let body = #"{"eventName":"user.updated","data":{"id":"u","verifiedCredentials":[\#(wallets)]}}"#
        let updated = try event(.dynamic, body).decode(as: Dynamic.UserUpdated.self)
        #expect(updated.user.verifiedCredentials.value?.count == 800)
    }
}
