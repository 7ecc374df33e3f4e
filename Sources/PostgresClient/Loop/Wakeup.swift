import CLibPQ
import Glibc

/// An eventfd that ends a `poll(2)` from another thread.
struct Wakeup: ~Copyable, Sendable {
    let descriptor: Int32

    init() {
        descriptor = postroom_eventfd()
        precondition(descriptor >= 0, "no eventfd to be had: error \(errno); raise the limit of open files")
    }

    deinit {
        Glibc.close(descriptor)
    }

    func signal() {
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var count: UInt64 = 0
        _ = Glibc.read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
