import FoundationEssentials
import PostroomCore
import PostroomReceiver
import Testing

@testable import PostroomBench

@Suite("What wrk is told and what it says")
struct WrkScriptTests {
    @Test("the script's texts are plain bytes, whatever is in the body")
    func script() throws {
        let text = WrkScript.text(try SignedLoad(Load(bodyBytes: 200)))
        #expect(text.utf8.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || $0 == UInt8(ascii: "\n")) })
        #expect(text.contains(#"webhook-id: bench-""#))
        #expect(text.contains(#"tail = "\013\010\013\010{\034"#))
    }

    @Test("a request is whole, and the endpoint believes it")
    func request() throws {
        let load = try Load(bodyBytes: 1024)
        let signed = try SignedLoad(load)
        let request = String(decoding: signed.request(7), as: UTF8.self)
        let parts = request.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(parts[0].hasSuffix("webhook-id: bench-7"))
        #expect(parts[0].contains("content-length: 1024\r\n"))
        let fields = parts[0].split(separator: "\r\n").dropFirst().map { $0.split(separator: ": ", maxSplits: 1) }
        let headers = Headers(fields.map { (String($0[0]), String($0[1])) })
        let received = WebhookRequest(headers: headers, body: load.body)
        let spoiled = WebhookRequest(headers: headers, body: load.body + [0])
        #expect(signed.endpoint.verify(received, .init(timeIntervalSince1970: 0)) == .authentic())
        #expect(signed.endpoint.verify(spoiled, .init(timeIntervalSince1970: 0)) != .authentic())
        let identity = signed.endpoint.rules.identify(headers: headers, body: load.body)
        #expect(identity == DeliveryIdentity(eventType: load.eventType, idempotencyKey: "bench-7"))
    }

    @Test(
        "its line is found among the others, and nothing is taken for one",
        arguments: [
            ("Running 1s test\npostroom-bench 900 1000000 100 200 300 4\n", 900),
            ("postroom-bench 900 1000000\n", nil), ("Running\n", nil), ("", nil),
        ]
    )
    func reading(output: String, requests: Int?) {
        let result = WrkScript.read(output)
        #expect(result?.requests == requests)
        #expect(result.map(\.unanswered) == requests.map { _ in 4 })
        #expect(result.map(\.elapsed) == requests.map { _ in .seconds(1) })
    }
}
