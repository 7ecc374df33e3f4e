import Dispatch
import Glibc
import ProgramHarness

/// Connections to a port of this machine that send nothing, or whatever they are told to.
final class IdleCrowd: Sendable {
    private let sockets: [Int32]

    private init(sockets: [Int32]) {
        self.sockets = sockets
    }

    /// Connects that often, runs a body, and closes what was opened.
    static func with<Value>(_ count: Int, to port: Int, _ body: (IdleCrowd) async throws -> Value) async throws -> Value
    {
        let crowd = try await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result { try connect(count, to: port) }) }
        }
        .get()
        defer { crowd.sockets.forEach { close($0) } }
        return try await body(crowd)
    }

    /// Returns whether the process may have that many files open, if need be by raising its limit.
    static func canOpen(_ count: Int) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        guard limit.rlim_cur < count else { return true }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        return limit.rlim_cur >= count && setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    }

    /// The number of connections that are still open.
    var openCount: Int {
        sockets.count { socket in
            var byte: UInt8 = 0
            let count = recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            return count > 0 || count < 0 && errno == EAGAIN
        }
    }

    /// Sends the same from each of the first, and does not mind who is gone.
    func send(_ text: String, fromFirst count: Int? = nil) {
        let bytes = Array(text.utf8)
        for socket in sockets.prefix(count ?? sockets.count) {
            _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Returns the number of connections that were answered with a text that begins so.
    func answered(_ beginning: String) -> Int {
        let expected = Array(beginning.utf8)
        return sockets.count { socket in
            var bytes = [UInt8](repeating: 0, count: expected.count)
            let count = recv(socket, &bytes, bytes.count, Int32(MSG_PEEK | MSG_DONTWAIT))
            return count == expected.count && bytes == expected
        }
    }

    private static func connect(_ count: Int, to port: Int) throws -> IdleCrowd {
        var sockets: [Int32] = []
        do {
            for _ in 0..<count {
                sockets.append(try connect(to: port))
            }
        } catch {
            sockets.forEach { close($0) }
            throw error
        }
        return IdleCrowd(sockets: sockets)
    }

    private static func connect(to port: Int) throws -> Int32 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw Unexpected("no socket: error \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(made)
            throw Unexpected("no connection: error \(errno)")
        }
        return made
    }
}
