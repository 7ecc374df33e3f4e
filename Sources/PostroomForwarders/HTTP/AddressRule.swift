import PostroomCore

/// The rule which addresses a forwarder may connect to.
///
/// Whoever may write the configuration or answer a name's lookup could else reach what only this machine can: the services
/// of its own network, or the credentials that a cloud hands to its machines.
struct AddressRule: Hashable, Sendable {
    /// True where every address may be connected to.
    let allowsPrivate: Bool

    /// The reason why an address is refused, as it stands after "is"; `nil` where it may be connected to.
    func refusal(of address: IPAddress) -> String? {
        allowsPrivate ? nil : Self.kind(of: address)
    }

    /// The kind of an address that the internet can't reach; `nil` for all others.
    static func kind(of address: IPAddress) -> String? {
        if let inner = embedded(in: address) {
            return kind(of: inner)
        }
        if let named = ranges.first(where: { $0.range.contains(address) }) {
            return named.kind
        }
        let isGlobal = address.isIPv4 || globalUnicast.allSatisfy { $0.contains(address) }
        return isGlobal ? nil : "a reserved address"
    }

    /// The IPv4 address that one of IPv6 stands for, and that a gateway would connect to.
    private static func embedded(in address: IPAddress) -> IPAddress? {
        if address.isIPv4 {
            return nil
        }
        if translations.contains(where: { $0.contains(address) }) {
            return IPAddress(v4: UInt32(truncatingIfNeeded: address.low))
        }
        // 6to4 has it after its first sixteen bits (https://www.rfc-editor.org/rfc/rfc3056#section-2).
        return address.high >> 48 == 0x2002 ? IPAddress(v4: UInt32(truncatingIfNeeded: address.high >> 16)) : nil
    }

    /// NAT64, and the older forms of translated addresses: the last four bytes are the address.
    private static let translations = ["64:ff9b::/96", "::ffff:0:0:0/96"].compactMap { AddressRange($0) }
    private static let globalUnicast = ["2000::/3"].compactMap { AddressRange($0) }

    /// From the registries of special addresses (https://www.iana.org/assignments/iana-ipv4-special-registry and
    /// https://www.iana.org/assignments/iana-ipv6-special-registry), and those at which clouds answer their machines.
    private static let ranges: [(range: AddressRange, kind: String)] = [
        ("169.254.169.254", "the address of a cloud's metadata"),
        ("168.63.129.16", "the address of a cloud's metadata"),
        ("100.100.100.200", "the address of a cloud's metadata"), ("192.0.0.192", "the address of a cloud's metadata"),
        ("fd00:ec2::254", "the address of a cloud's metadata"),
        ("127.0.0.0/8", "a loopback address"), ("::1", "a loopback address"), ("0.0.0.0/8", "this machine"),
        ("::", "this machine"),
        ("169.254.0.0/16", "a link-local address"), ("fe80::/10", "a link-local address"),
        ("10.0.0.0/8", "a private address"), ("172.16.0.0/12", "a private address"),
        ("192.168.0.0/16", "a private address"), ("100.64.0.0/10", "a private address"),
        ("fc00::/7", "a private address"), ("fec0::/10", "a private address"),
        ("192.0.0.0/24", "a reserved address"), ("192.0.2.0/24", "a reserved address"),
        ("198.18.0.0/15", "a reserved address"), ("198.51.100.0/24", "a reserved address"),
        ("203.0.113.0/24", "a reserved address"), ("224.0.0.0/4", "a reserved address"),
        ("240.0.0.0/4", "a reserved address"),
        ("2001::/23", "a reserved address"), ("2001:db8::/32", "a reserved address"),
        ("3fff::/20", "a reserved address"),
    ]
    .compactMap { text, kind in AddressRange(text).map { ($0, kind) } }
}
