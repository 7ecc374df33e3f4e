import CLibPQ
import Glibc

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

    /// What the processor itself raises stays deliverable, or a crash would leave no trace.
    private static let faults = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

    /// Runs `body` on a new detached thread, with signals blocked so that they reach other threads.
    ///
    /// - Parameters:
    ///   - name: The thread's name in `ps` and `perf`, at most 15 bytes of it.
    ///   - body: What the thread does; the thread ends when it returns.
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
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            &attributes,
            { argument in
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
