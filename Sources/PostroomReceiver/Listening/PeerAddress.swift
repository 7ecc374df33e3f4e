import NIOCore
import PostroomCore

extension IPAddress {
    /// Reads a socket's address; `nil` for one that is none of the internet's.
    init?(_ address: SocketAddress) {
        // By their places in `sockaddr_in` and `sockaddr_in6`, which are the same everywhere: after family and port, and
        // for IPv6 the flow too.
        switch address {
        case .v4(let address):
            let bits = withUnsafeBytes(of: address.address) { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            self.init(v4: UInt32(bigEndian: bits))
        case .v6(let address):
            let halves = withUnsafeBytes(of: address.address) { bytes in
                [8, 16].map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
            }
            self.init(high: halves[0], low: halves[1])
        case .unixDomainSocket:
            return nil
        }
    }

    /// The address that stands for the peer: of IPv4 itself, of IPv6 the network of 64 bits, in which one machine may have
    /// as many addresses as it likes.
    var peer: IPAddress {
        isIPv4 ? self : IPAddress(high: high, low: 0)
    }
}
