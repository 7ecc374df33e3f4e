import CLibrary

/// An IP address as 128 bits; an IPv4 address in its mapped form, `::ffff:a.b.c.d`.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    /// The address with these bits.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address with these bits, the first number in the highest.
    package init(v4 bits: UInt32) {
        self.init(high: 0, low: 0xFFFF << 32 | UInt64(bits))
    }

    /// Reads an address as it is written, without a port.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let halves = withUnsafeBytes(of: v6) { bytes in
                [0, 8].map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
            }
            self.init(high: halves[0], low: halves[1])
        } else {
            return nil
        }
    }

    /// `true` for an address of IPv4, also where it was written in its mapped form.
    package var isIPv4: Bool {
        high == 0 && low >> 32 == 0xFFFF
    }

    /// The address as it is written, one of IPv4 in its four numbers.
    package var description: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: low >> $0)) }.joined(separator: ".")
        }
        var bits = in6_addr()
        withUnsafeMutableBytes(of: &bits) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &bits, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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

    /// Tells whether an address lies in the range.
    package func contains(_ address: IPAddress) -> Bool {
        let high = prefixLength >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(prefixLength))
        let low = prefixLength <= 64 ? 0 : ~(UInt64.max >> UInt64(prefixLength - 64))
        return (first.high ^ address.high) & high == 0 && (first.low ^ address.low) & low == 0
    }
}
