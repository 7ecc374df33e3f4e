import NIOCore

/// An IP address as 128 bits; an IPv4 address in its mapped form, `::ffff:a.b.c.d`.
struct IPAddress: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads a socket's address; `nil` for one that is none of the internet's.
    init?(_ address: SocketAddress) {
        // By their places in `sockaddr_in` and `sockaddr_in6`, which are the same everywhere: after family and port, and
        // for IPv6 the flow too.
        switch address {
        case .v4(let address):
            let bits = withUnsafeBytes(of: address.address) { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            self.init(high: 0, low: 0xFFFF << 32 | UInt64(UInt32(bigEndian: bits)))
        case .v6(let address):
            let halves = withUnsafeBytes(of: address.address) { bytes in
                [8, 16].map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
            }
            self.init(high: halves[0], low: halves[1])
        case .unixDomainSocket:
            return nil
        }
    }

    /// Reads an address as it is written, without a port.
    init?(_ text: some StringProtocol) {
        guard let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
        self.init(address)
    }

    var isIPv4: Bool {
        high == 0 && low >> 32 == 0xFFFF
    }

    /// The address that stands for the peer: of IPv4 itself, of IPv6 the network of 64 bits, in which one machine may have
    /// as many addresses as it likes.
    var peer: IPAddress {
        isIPv4 ? self : IPAddress(high: high, low: 0)
    }
}

/// A range of IP addresses, for example `10.0.0.0/8`, `fd00::/8` or `127.0.0.1`.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    /// The range as it was written.
    package let description: String
    private let first: IPAddress
    private let prefixLength: Int

    /// Reads a range; `nil` for anything that is none.
    ///
    /// - Parameter text: An address, or one with the length of its prefix after a slash.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let bits = address.isIPv4 ? 32 : 128
        let length = parts.count == 1 ? bits : Int(parts[1])
        guard let length, (0...bits).contains(length) else { return nil }
        self.description = text
        self.first = address
        self.prefixLength = 128 - bits + length
    }

    /// Both addresses by which a machine reaches itself.
    package static let loopback = ["127.0.0.1", "::1"].compactMap { AddressRange($0) }

    /// Tells whether an address, as it is written without a port, lies in the range.
    package func contains(_ text: String) -> Bool {
        IPAddress(text).map { contains($0) } ?? false
    }

    func contains(_ address: IPAddress) -> Bool {
        let high = prefixLength >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(prefixLength))
        let low = prefixLength <= 64 ? 0 : ~(UInt64.max >> UInt64(prefixLength - 64))
        return (first.high ^ address.high) & high == 0 && (first.low ^ address.low) & low == 0
    }
}
