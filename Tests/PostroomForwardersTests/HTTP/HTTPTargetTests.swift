import Testing

@testable import PostroomForwarders

@Suite("The URLs that forwarders post to")
struct HTTPTargetTests {
    @Test(
        "a URL is requested in one form",
        arguments: [
            ("https://billing.example/hooks", "https://billing.example:443/hooks"),
            ("https://Billing.EXAMPLE", "https://billing.example:443/"),
            ("http://a_b.example:8080/x?y=/z", "http://a_b.example:8080/x?y=/z"),
            ("https://example.com?a=b", "https://example.com:443/?a=b"),
            ("http://[::1]:80/", "http://[::1]:80/"), ("http://[0:0::1]/", "http://[::1]:80/"),
            ("http://[::ffff:127.0.0.1]/", "http://127.0.0.1:80/"), ("http://127.1/", "http://127.1:80/"),
        ]
    )
    func form(_ text: String, _ url: String) throws {
        #expect(try HTTPTarget(text).url == url)
    }

    @Test(
        "a URL that two readers could take apart differently is refused with words",
        arguments: [
            ("ftp://example.com/", "begin with"), ("https:///hooks", "host name"), ("https://a b/", "host name"),
            ("https://user:password@example.com/", "credentials"),
            ("https://evil.example\\@good.example/", "credentials"),
            ("https://example.com/#part", "fragment"), ("https://example.com:0/", "port"),
            ("https://example.com:65536/", "port"), ("https://example.com:+80/", "port"),
            ("https://example.com:/", "port"),
            ("https://[::1/", "brackets"), ("https://[localhost]/", "brackets"),
            ("https://[::1]x/", "other than a port"),
            ("https://ex%61mple.com/", "host name"), ("https://bücher.example/", "Punycode"),
            ("https://.a/", "host name"),
        ]
    )
    func refused(_ text: String, _ word: String) {
        let problem = #expect(throws: HTTPTarget.Problem.self) { try HTTPTarget(text) }
        #expect(problem?.description.contains(word) == true, "\(problem?.description ?? "nothing")")
    }

    @Test(
        "a host is refused without a lookup where it is this machine or an address that is refused",
        arguments: [
            ("http://localhost/", "this machine"), ("http://x.localhost/", "this machine"),
            ("http://2130706433/", "127.0.0.1 is a loopback address"),
            ("http://[::ffff:10.0.0.1]/", "10.0.0.1 is a private"),
            ("http://169.254.169.254/latest/meta-data", "metadata"),
        ]
    )
    func unreachable(_ text: String, _ words: String) throws {
        let refusal = try HTTPTarget(text).refusal
        #expect(refusal?.contains(words) == true, "\(refusal ?? "nothing")")
    }

    @Test(
        "a name is refused by nothing before it is looked up",
        arguments: ["https://example.com/", "https://1.1.1.1/"]
    )
    func reachable(_ text: String) throws {
        #expect(try HTTPTarget(text).refusal == nil)
    }
}
