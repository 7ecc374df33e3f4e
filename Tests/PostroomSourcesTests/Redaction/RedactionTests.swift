import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Redaction")
struct RedactionTests {
    private func redacted(_ body: String, _ source: Source = .wacht) -> String {
        String(decoding: SourceRegistry.builtIn.redacted(body: Array(body.utf8), source: source).bytes, as: UTF8.self)
    }

    static let cases: [(source: Source, body: String, shown: String)] = [
        (
            .wacht, #"{ "data" : {"otp_url": "otpauth://x?secret=hunter2" , "id":1.50} , "type":"user.mfa.enabled"}"#,
            #"{ "data" : {"otp_url": "•••" , "id":1.50} , "type":"user.mfa.enabled"}"#
        ),
        (
            .wacht,
            #"{"data":{"social_connections":[{"access_token":"hunter2","id":1},{"refresh_token":["hunter2"]}]}}"#,
            #"{"data":{"social_connections":[{"access_token":"•••","id":1},{"refresh_token":"•••"}]}}"#
        ),
        (
            .wacht, #"{"data":{"private_metadata":{"a":{"b":"hunter2"}},"public_metadata":{"private_metadata":1}}}"#,
            #"{"data":{"private_metadata":"•••","public_metadata":{"private_metadata":1}}}"#
        ),
        (
            .hmacSHA256,
            #"{"client_secret":"hunter2","a":[{"accessToken":"hunter2","Api-Key":["hunter2"],"PASSWORD":{"x":1}}]}"#,
            #"{"client_secret":"•••","a":[{"accessToken":"•••","Api-Key":"•••","PASSWORD":"•••"}]}"#
        ),
        (
            .anthropic, #"{"data":{"later":{"to\u006ben":"hunter2","input_tokens":7,"token":7,"has_password":true}}}"#,
            #"{"data":{"later":{"to\u006ben":"•••","input_tokens":7,"token":7,"has_password":true}}}"#
        ),
        (
            .sql, #"{"password":null,"tokens":"seen","keyboard":"seen"}"#,
            #"{"password":null,"tokens":"seen","keyboard":"seen"}"#
        ),
        (
            .wacht, #"{"data":{"type":"x","timestamp":"y","data":{"data":{"otp_url":"hunter2"}}},"type":"x"}"#,
            #"{"data":{"type":"x","timestamp":"y","data":{"data":{"otp_url":"•••"}}},"type":"x"}"#
        ),
        (
            .wacht,
            #"{"data":{"otp\u005furl":"hunter2","otp_url":"hunter2","otp_URL":"hunter2","otp_urls":"seen"}}"#,
            #"{"data":{"otp\u005furl":"•••","otp_url":"•••","otp_URL":"•••","otp_urls":"seen"}}"#
        ),
        (.wacht, #"{"data":[[{"otp_url":"hunter2"}]]}"#, #"{"data":[[{"otp_url":"•••"}]]}"#),
        (
            .wacht, #"{"data":{"signins":{"ip_address":"192.0.2.1"},"otp_url":null}}"#,
            #"{"data":{"signins":{"ip_address":"•••"},"otp_url":"•••"}}"#
        ),
        (
            .wacht, #"{"data":{"data":{"content":{"files":[{"url":"https://hunter2","filename":"a"}]}}}}"#,
            #"{"data":{"data":{"content":{"files":[{"url":"•••","filename":"a"}]}}}}"#
        ),
        (
            .wakit, #"{"data": {"extra": {"waba_id": "1", "access_token": "hunter2"}}, "entity": "x"}"#,
            #"{"data": {"extra": {"waba_id": "1", "access_token": "•••"}}, "entity": "x"}"#
        ),
        (
            .dynamic,
            #"{"data":{"encryptedDelegatedShare":{"ct":"hunter2"},"encryptedWalletApiKey":7,"ipAddress":"1"}}"#,
            #"{"data":{"encryptedDelegatedShare":"•••","encryptedWalletApiKey":"•••","ipAddress":"•••"}}"#
        ),
        (
            .dynamic,
            #"{"data":{"message":"hunter2","context":{"evmMessage":"hunter2"},"publicKey":"0xA","walletId":"w"}}"#,
            #"{"data":{"message":"•••","context":"•••","publicKey":"0xA","walletId":"w"}}"#
        ),
        (
            .dynamic,
            #"{"data":{"accountProfile":{"x":"hunter2"},"clientSecret":"hunter2","provider":"github"}}"#,
            #"{"data":{"accountProfile":"•••","clientSecret":"•••","provider":"github"}}"#
        ),
        (
            .dynamic,
            #"{"data":{"verifiedCredentials":[{"oauthMetadata":{"x":"hunter2"}},{"oauth_metadata":["hunter2"]}]}}"#,
            #"{"data":{"verifiedCredentials":[{"oauthMetadata":"•••"},{"oauth_metadata":"•••"}]}}"#
        ),
        (
            .nyuchi, #"{"data":{"download_url":"https://a/?token=hunter2","report_id":"r"}}"#,
            #"{"data":{"download_url":"•••","report_id":"r"}}"#
        ),
        (
            .nyuchi, #"{"data":{"ipAddress":"another source's name"}}"#,
            #"{"data":{"ipAddress":"another source's name"}}"#
        ),
        (.anthropic, #"{"data":{"id":"sesn_1"}}"#, #"{"data":{"id":"sesn_1"}}"#),
        ("later", #"{"data":{"download_url":"x"}}"#, #"{"data":{"download_url":"x"}}"#),
        (.wacht, #"{"data":{"otp_url":"hunter2""#, "•••"),
        (.wacht, #"{"data":1,"data":{"otp_url":"hunter2"}}"#, "•••"),
        (.bearer, "token=hunter2", "•••"),
        (.nyuchi, "", ""),
        (.nyuchi, #"["hunter2"]"#, "•••"),
        ("hubspot", #" [{"client_secret":"hunter2"}, {"a":1}] "#, #" [{"client_secret":"•••"}, {"a":1}] "#),
        (.dynamic, #"[{"data":{"ipAddress":"hunter2"}}]"#, #"[{"data":{"ipAddress":"•••"}}]"#),
        ("hubspot", #"[{"a":1},"hunter2"]"#, "•••"),
        ("hubspot", #"[{"a":1,"a":"hunter2"}]"#, "•••"),
        ("hubspot", "[]", "•••"),
        ("hubspot", #"[{"a":1}],"b":{"c":"hunter2"}"#, "•••"),
        ("hubspot", #"[{"a":1}] ["hunter2"]"#, "•••"),
    ]

    @Test(
        "what is hidden is counted",
        arguments: [
            (#"{"a":1}"#, RedactedBody.Hiding.nothing), (#"{"secret":"1","b":{"token":"2"}}"#, .values(2)),
            ("", .nothing), ("a=1", .all),
        ]
    )
    func counts(body: String, hiding: RedactedBody.Hiding) {
        #expect(SourceRegistry.builtIn.redacted(body: Array(body.utf8), source: .bearer).hiding == hiding)
    }

    @Test("values at sensitive places are hidden, and every other byte stays", arguments: cases)
    func hides(_ test: (source: Source, body: String, shown: String)) {
        #expect(redacted(test.body, test.source) == test.shown)
    }

    @Test("a secret is hidden however often a replay wraps it, at the latest with all that is around it")
    func deep() {
        for depth in 1...60 {
            let body =
                String(repeating: #"{"data":"#, count: depth) + #"{"otp_url":"hunter2"}"#
                + String(repeating: "}", count: depth)
            let shown = redacted(body)
            #expect(!shown.contains("hunter2") && shown.contains("•••"))
        }
        let arrays = #"{"data":\#(String(repeating: "[", count: 400))1\#(String(repeating: "]", count: 400))}"#
        #expect(redacted(arrays).count < arrays.count)
    }

    @Test("samples of every type still decode to their type, and show no secret")
    func samples() throws {
        for model in SourceRegistry.builtIn.models {
            for entry in model.events {
                let samples = SampleDeliveries(seed: 5)
                let source = model.definition.source
                let sample = try #require(samples.sample(source, entry.eventType, index: 3, now: unix(1_773_568_800)))
                let shown = SourceRegistry.builtIn.redacted(body: sample.body, source: source).bytes
                #expect(identity(source, String(decoding: shown, as: UTF8.self)).eventType == entry.eventType)
                for secret in ["secret=", "EAAG", "\"ct\"", "192.0.2.", "token=", "\"crm\""] {
                    #expect(!String(decoding: shown, as: UTF8.self).contains(secret), "\(entry.eventType): \(secret)")
                }
            }
        }
    }

    /// True for an object that every parser reads alike, and for an array of such objects.
    private static func isReadable(_ body: [UInt8]) -> Bool {
        switch try? JSONDocument(checking: body, allowsArray: true, limits: .deepEnvelope) {
        case nil: false
        case .object: true
        case .array(let elements):
            !elements.isEmpty
                && elements.allSatisfy { element in
                    (try? JSONObject(checking: Array(element.bytes), limits: .deepEnvelope)) != nil
                }
        }
    }

    @Test("any bytes are survived, and the result is JSON or the mask", arguments: [UInt64(21), 22])
    func survives(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let seeds = ScannerFuzzTests.seeds + Self.cases.map { Array($0.body.utf8) }
        for round in 0..<3000 {
            let body = ScannerFuzzTests.mutated(seeds[round % seeds.count], &generator)
            for source in [Source.wacht, .wakit, .dynamic] {
                let shown = SourceRegistry.builtIn.redacted(body: body, source: source).bytes
                if Self.isReadable(body) {
                    #expect(Self.isReadable(shown), "seed \(seed), round \(round)")
                    #expect(SourceRegistry.builtIn.redacted(body: shown, source: source).bytes == shown)
                } else {
                    #expect(shown == (body.isEmpty ? [] : Array("•••".utf8)))
                }
            }
        }
    }

    @Test("a body made to be slow is read in time that grows with its size", .timeLimit(.minutes(3)))
    func bounded() {
        let many = 50_000
        let wide = #"{"data":[\#(String(repeating: #"{"otp_url":1},"#, count: many))1]}"#
        let shown = redacted(wide)
        #expect(shown.utf8.count == wide.utf8.count + many * (#""•••""#.utf8.count - 1))
        let text = String(repeating: "x", count: 1 << 20)
        let deep = String(repeating: #"{"data":["#, count: 200) + "\"\(text)\"" + String(repeating: "]}", count: 200)
        #expect(redacted(deep).utf8.count < 1000)
    }
}
