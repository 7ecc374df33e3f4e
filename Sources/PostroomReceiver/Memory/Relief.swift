import NIOCore
import Synchronization

/// Lets all event loops end their slowest senders when memory is short.
final class Relief: Sendable {
    /// The least time between two searches for the slowest.
    static let interval = TimeAmount.milliseconds(100)
    /// The time that every sender has before it can be among the slowest.
    static let grace = TimeAmount.seconds(1)

    private let loops = Mutex<[NIOLoopBound<EventLoopState>]>([])
    private let notBefore = Atomic<UInt64>(0)

    /// Takes the loops, once they are there.
    func serve(_ loops: some Sequence<NIOLoopBound<EventLoopState>>) {
        self.loops.withLock { $0 = Array(loops) }
    }

    /// Asks every loop to make room soon.
    func request(at now: NIODeadline = .now()) {
        let due = notBefore.load(ordering: .relaxed)
        guard now.uptimeNanoseconds >= due else { return }
        let next = (now + Self.interval).uptimeNanoseconds
        guard notBefore.compareExchange(expected: due, desired: next, ordering: .relaxed).exchanged else { return }
        for loop in loops.withLock(\.self) {
            loop.eventLoop.execute { loop.value.relieve() }
        }
    }
}

/// A sender that could make room: first those of heavy peers, and of these the slowest.
struct SlowSender: Comparable {
    /// True where its peer holds a good part of the memory.
    let isHeavy: Bool
    /// The bytes that it sends a second.
    let speed: Double

    static func < (one: SlowSender, other: SlowSender) -> Bool {
        one.isHeavy != other.isHeavy ? one.isHeavy : one.speed < other.speed
    }
}
