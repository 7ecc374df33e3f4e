import CLibrary
import NIOPosix
package import PostroomCore

/// A way to look up the addresses of a host.
package struct HostLookup: Sendable {
    /// Looks up a name, or reads an address in any form that the system takes for one.
    ///
    /// - Returns: The addresses, the best first; one at least.
    /// - Throws: ``ForwardFailure`` where there is none.
    package let addresses: @Sendable (_ host: String) async throws -> [IPAddress]

    /// A way of one's own.
    package init(_ addresses: @escaping @Sendable (_ host: String) async throws -> [IPAddress]) {
        self.addresses = addresses
    }

    /// The system's own, which blocks and is therefore asked on a thread for such things.
    package static let system = HostLookup { host in
        try await NIOThreadPool.singleton.runIfActive {
            let (addresses, code) = ask(for: host, flags: 0)
            guard !addresses.isEmpty else {
                let reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
                throw ForwardFailure("the host \(host) has no address: \(reason)")
            }
            return addresses
        }
    }

    /// Reads the address that a host is by itself, in any form that the system takes for one.
    ///
    /// `127.1`, `0x7f000001` and `2130706433` are `127.0.0.1`. No network is asked.
    ///
    /// - Returns: The address, or `nil` for a name.
    package static func literal(_ host: String) -> IPAddress? {
        ask(for: host, flags: AI_NUMERICHOST).addresses.first
    }

    private static func ask(for host: String, flags: Int32) -> (addresses: [IPAddress], code: Int32) {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { return ([], code) }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = address(entry), !addresses.contains(address) else { continue }
            addresses.append(address)
        }
        return (addresses, addresses.isEmpty ? EAI_NONAME : 0)
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let socket = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { socket in
                IPAddress(v4: UInt32(bigEndian: socket.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            return socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { socket in
                withUnsafeBytes(of: socket.pointee.sin6_addr) { bytes in
                    IPAddress(
                        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                    )
                }
            }
        default:
            return nil
        }
    }
}
