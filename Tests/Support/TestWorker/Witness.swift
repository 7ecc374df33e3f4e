import Dispatch
import Glibc

/// Tells a test over a socket that an attempt has begun, and that it is about to end.
///
/// The test answers each, so that what it counts as running runs, whatever the delays between the processes.
struct Witness: Sendable {
    let port: UInt16

    /// Runs a body between the two messages.
    func observe<Value>(_ handler: String, _ body: () async throws -> Value) async throws -> Value {
        let socket = try await onThread { try connect(handler) }
        do {
            let value = try await body()
            await leave(socket)
            return value
        } catch {
            await leave(socket)
            throw error
        }
    }

    private func connect(_ handler: String) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw PlannedFailure(description: "there is no witness: error \(errno)") }
        exchange(descriptor, handler + "\n")
        return descriptor
    }

    private func leave(_ descriptor: Int32) async {
        await onThread {
            exchange(descriptor, "end\n")
            close(descriptor)
        }
    }

    private func exchange(_ descriptor: Int32, _ line: String) {
        let bytes = Array(line.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var answer: UInt8 = 0
        _ = recv(descriptor, &answer, 1, 0)
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    private func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global()
                .async {
                    body()
                    continuation.resume()
                }
        }
    }
}
