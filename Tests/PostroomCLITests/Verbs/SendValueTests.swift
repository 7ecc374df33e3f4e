import FoundationEssentials
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("What send is given")
struct SendValueTests {
    @Test(
        "a rate is a number per time",
        arguments: [
            ("100/s", Duration.milliseconds(10)), ("100", .milliseconds(10)), ("0.5/s", .seconds(2)),
            ("30/m", .seconds(2)), ("60/min", .seconds(1)), ("2/h", .seconds(1800)), ("1000000/s", .microseconds(1)),
        ]
    )
    func rate(text: String, interval: Duration) {
        #expect(SendRate.parse(text)?.interval == interval)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "/s", "fast", "-1/s", "0", "0/s", "1/x", "1/s/s", "inf", "nan", "1e3", "0x10", "1 /s", "99999999999",
        ]
    )
    func noRate(text: String) {
        #expect(SendRate.parse(text) == nil)
    }

    @Test(
        "a target is the receiver's address or an endpoint's whole URL",
        arguments: [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/hooks/billing"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/hooks/billing"),
            ("https://hooks.example.com", "https://hooks.example.com/hooks/billing"),
            ("http://[::1]:8080", "http://[::1]:8080/hooks/billing"),
            ("http://h:8080/hooks/other", "http://h:8080/hooks/other"),
            ("https://h/in?a=b", "https://h/in?a=b"),
        ]
    )
    func target(text: String, address: String) {
        #expect(SendTarget.parse(text)?.address(of: "billing") == address)
    }

    @Test("without a target it is the development setup's", arguments: DevSecrets(.builtIn).all.map(\.source))
    func devTarget(source: Source) {
        let address = SendTarget.dev.address(of: EndpointName(rawValue: source.rawValue))
        #expect(address == "http://127.0.0.1:8080/hooks/\(source)")
    }

    @Test(
        "anything else is no target",
        arguments: ["", "127.0.0.1", "localhost:8080", "ftp://h/x", "http://", "/hooks/x"]
    )
    func noTarget(text: String) {
        #expect(SendTarget.parse(text) == nil)
    }

    @Test("every source has a secret in development, which says what it is and which its verifier accepts")
    func devSecrets() throws {
        let signed = SourceRegistry.builtIn.definitions.filter { $0.scheme != .configured }
        #expect(DevSecrets(.builtIn).all.map(\.source) == signed.map(\.source))
        let now = Date(timeIntervalSince1970: 1_780_000_000)
        for (source, text) in DevSecrets(.builtIn).all {
            let plan = SendPlan(
                source: source,
                eventType: nil,
                secret: Secret(text),
                seed: 1,
                duplicateEvery: nil,
                isInvalid: false,
                madeAt: now
            )
            let request = try plan.request(0, now: now)
            let verifier = try SourceRegistry.builtIn.verifier(for: source, secrets: [Secret(text)])
            let verdict = verifier.verify(request.received(at: "http://127.0.0.1:8080/"), now: now)
            guard case .authentic = verdict else {
                Issue.record("\(source) refuses what is signed with its development secret: \(verdict)")
                continue
            }
            guard source != .discord else { continue }
            let key =
                text.hasPrefix("whsec_") ? Data(base64Encoded: String(text.dropFirst(6))) ?? Data() : Data(text.utf8)
            #expect(String(decoding: key, as: UTF8.self).contains("dev"))
            #expect(!text.hasPrefix("whsec_") || key.count == 32)
        }
    }
}
