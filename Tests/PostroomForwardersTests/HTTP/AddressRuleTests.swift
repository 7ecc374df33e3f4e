import PostroomCore
import Testing

@testable import PostroomForwarders

@Suite("The addresses that forwarders connect to")
struct AddressRuleTests {
    @Test(
        "an address that the internet can't reach is refused in any form",
        arguments: [
            ("127.0.0.1", "loopback"), ("127.8.9.10", "loopback"), ("::1", "loopback"), ("0.0.0.0", "this machine"),
            ("::", "this machine"), ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"),
            ("192.168.1.1", "private"), ("100.64.0.1", "private"), ("fd12:3456::1", "private"), ("fc00::1", "private"),
            ("fec0::1", "private"), ("169.254.1.1", "link-local"), ("fe80::1", "link-local"),
            ("169.254.169.254", "metadata"), ("fd00:ec2::254", "metadata"), ("168.63.129.16", "metadata"),
            ("100.100.100.200", "metadata"), ("192.0.0.192", "metadata"), ("192.0.2.1", "reserved"),
            ("198.18.0.1", "reserved"), ("224.0.0.1", "reserved"), ("255.255.255.255", "reserved"),
            ("ff02::1", "reserved"), ("2001:db8::1", "reserved"), ("2001:0:1::1", "reserved"),
            ("::ffff:127.0.0.1", "loopback"), ("::ffff:169.254.169.254", "metadata"), ("::127.0.0.1", "reserved"),
            ("64:ff9b::7f00:1", "loopback"), ("64:ff9b::a9fe:a9fe", "metadata"), ("2002:7f00:1::", "loopback"),
            ("2002:a00:1::1", "private"), ("::ffff:0:10.0.0.1", "private"), ("4000::1", "reserved"),
        ]
    )
    func refused(_ text: String, _ kind: String) throws {
        let address = try #require(IPAddress(text))
        let refusal = AddressRule(allowsPrivate: false).refusal(of: address)
        #expect(refusal?.contains(kind) == true, "\(refusal ?? "nothing")")
        #expect(AddressRule(allowsPrivate: true).refusal(of: address) == nil)
    }

    @Test(
        "an address of the internet is connected to",
        arguments: [
            "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "169.253.0.1",
            "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
        ]
    )
    func allowed(_ text: String) throws {
        #expect(AddressRule(allowsPrivate: false).refusal(of: try #require(IPAddress(text))) == nil)
    }

    @Test(
        "a host that is an address in disguise is known without a lookup",
        arguments: [
            ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("127.1", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"), ("2852039166", "169.254.169.254"), ("1.1.1.1", "1.1.1.1"),
            ("::1", "::1"),
        ]
    )
    func disguised(_ host: String, _ address: String) {
        #expect(HostLookup.literal(host)?.description == address)
    }

    @Test("a name is no address")
    func name() {
        #expect(HostLookup.literal("example.com") == nil)
        #expect(HostLookup.literal("localhost") == nil)
    }
}
