import Glibc
import ProgramHarness
import Synchronization

/// A server that the attempts of other processes tell of their beginning and their end, and that sees when they die.
///
/// It counts an attempt after it has begun and before it ends, so that it never counts two that did not run at once.
final class AttemptWitness: Sendable {
    /// A change in the number of attempts that run.
    struct Change: Sendable {
        let at: ContinuousClock.Instant
        /// The handler and the idempotency key.
        let name: String
        /// `true` at the beginning.
        let begins: Bool
    }

    let port: UInt16
    private let listener: Int32
    private let changes = Mutex<[Change]>([])

    private init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isOpen else { throw Unexpected("the witness can't listen: error \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Runs a body with a witness.
    static func with<Value>(_ body: (AttemptWitness) async throws -> Value) async throws -> Value {
        let witness = try AttemptWitness()
        let thread = Thread { witness.serve() }
        thread.start()
        defer { witness.stop() }
        return try await body(witness)
    }

    /// The changes so far, in their order.
    var history: [Change] {
        changes.withLock { $0 }
    }

    /// The number of attempts that run now.
    var running: Int {
        history.reduce(0) { $0 + ($1.begins ? 1 : -1) }
    }

    /// Returns the most attempts at once, and their average, in a span.
    func load(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> (most: Int, average: Double) {
        var running = 0
        var most = 0
        var sum = Duration.zero
        var last = start
        for change in history where change.at <= end {
            if change.at > start {
                sum += last.duration(to: change.at) * running
                last = change.at
            }
            running += change.begins ? 1 : -1
            most = change.at >= start ? max(most, running) : most
        }
        sum += last.duration(to: end) * running
        return (most, sum / start.duration(to: end))
    }

    /// The times at which attempts of a handler began.
    func starts(of handler: String) -> [ContinuousClock.Instant] {
        history.filter { $0.begins && $0.name.hasPrefix(handler + " ") }.map(\.at)
    }

    private func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { return }
            Thread { self.watch(socket) }.start()
        }
    }

    private func watch(_ socket: Int32) {
        defer { close(socket) }
        guard let name = line(socket) else { return }
        note(name, begins: true)
        answer(socket)
        let isOrderly = line(socket) != nil
        note(name, begins: false)
        if isOrderly {
            answer(socket)
        }
    }

    private func note(_ name: String, begins: Bool) {
        changes.withLock { $0.append(Change(at: .now, name: name, begins: begins)) }
    }

    private func answer(_ socket: Int32) {
        var byte: UInt8 = 0x2E
        _ = send(socket, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    private func line(_ socket: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) == 1 {
            guard byte != 0x0A else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}

/// A thread of its own, for calls that block.
private struct Thread {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    func start() {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        pthread_detach(thread)
    }
}
