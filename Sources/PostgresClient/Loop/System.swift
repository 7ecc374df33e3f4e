import CLibPQ
import CLibrary

/// The calls of the operating system that the module makes.
enum System {
    /// The number of the calling thread.
    static var currentThread: UInt {
        #if canImport(Darwin)
        UInt(bitPattern: pthread_self())
        #else
        UInt(pthread_self())
        #endif
    }

    /// The value of an environment variable.
    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

/// A thread of the operating system, for work that may block.
enum NativeThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// The signals that the processor itself raises; they stay deliverable, or a crash would leave no trace.
    private static let faults = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

    /// Runs `body` on a new detached thread, with signals blocked so that they reach other threads.
    ///
    /// - Parameters:
    ///   - name: The thread's name in `ps` and `perf`, at most 15 bytes of it.
    ///   - body: The work; the thread ends when it returns.
    /// - Returns: 0, or the error number if no thread could be made.
    static func start(named name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

        var blocked = sigset_t()
        var previous = sigset_t()
        sigfillset(&blocked)
        for fault in faults { sigdelset(&blocked, fault) }
        pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let result = pthread_create(
            &thread,
            &attributes,
            { argument in
                let argument: UnsafeMutableRawPointer? = argument
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                postroom_name_thread(start.name)
                start.body()
                return nil
            },
            start.toOpaque()
        )
        if result != 0 { start.release() }
        return result
    }
}

/// A pipe to oneself that ends a `poll(2)` from another thread.
struct Wakeup: ~Copyable, Sendable {
    /// The end to poll for reading.
    let descriptor: Int32
    private let writeEnd: Int32

    init() {
        var ends: (Int32, Int32) = (-1, -1)
        let isMade = withUnsafeMutableBytes(of: &ends) { ends in
            pipe(ends.assumingMemoryBound(to: Int32.self).baseAddress) == 0
        }
        precondition(isMade, "no pipe to be had: error \(errno); raise the limit of open files")
        (descriptor, writeEnd) = ends
        for end in [descriptor, writeEnd] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        _ = close(descriptor)
        _ = close(writeEnd)
    }

    /// Ends the poll; a full pipe ends it as well.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes the signals that have come; what does not fit is taken on the next turn.
    func clear() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            _ = read(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}

/// The readiness of a socket, as in `poll(2)`.
struct PollEvents: OptionSet {
    let rawValue: Int16

    /// There is something to read.
    static let readable = PollEvents(rawValue: Int16(POLLIN))
    /// There is room to write.
    static let writable = PollEvents(rawValue: Int16(POLLOUT))
}

/// The descriptors of one `poll(2)`.
struct PollSet {
    private var descriptors: [pollfd] = []

    /// Leaves all out.
    mutating func removeAll() {
        descriptors.removeAll(keepingCapacity: true)
    }

    /// Adds a descriptor; a negative one is never ready.
    mutating func append(_ descriptor: Int32, _ events: PollEvents) {
        descriptors.append(pollfd(fd: descriptor, events: events.rawValue, revents: 0))
    }

    /// Waits until a descriptor is ready.
    ///
    /// - Parameter milliseconds: The longest wait; -1 is for ever.
    /// - Returns: `false` where a signal interrupted it.
    mutating func wait(_ milliseconds: Int32) -> Bool {
        poll(&descriptors, nfds_t(descriptors.count), milliseconds) >= 0
    }

    /// The events of a descriptor, by its place.
    subscript(place: Int) -> PollEvents { PollEvents(rawValue: descriptors[place].revents) }
}
