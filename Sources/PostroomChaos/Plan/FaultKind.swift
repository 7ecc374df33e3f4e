/// A disturbance of a running inbox.
enum FaultKind: String, CaseIterable, Sendable {
    /// A node is killed with SIGKILL.
    case kill
    /// A node is asked to end with SIGTERM.
    case terminate
    /// A node is stopped with SIGSTOP for less than its lease.
    case hiccup
    /// A node is stopped with SIGSTOP past its lease, so that others take its claims over; it goes on just then, or later.
    case freeze
    /// Some of Postroom's connections are terminated by the server.
    case backends
    /// The server is restarted fast.
    case restart
    /// The server is stopped at once, as in a crash, and recovers.
    case crash
    /// The server is down for some seconds.
    case outage
    /// Connections are cut after a commit and before its reply.
    case cut
    /// A handler is paused, and resumed some seconds later.
    case pause
    /// Dead letters are replayed, twice at the same time.
    case replay
    /// Dead letters are discarded.
    case discard
    /// Every node is replaced, one by one, by a newer program that has another handler.
    case deploy
    /// The queue's table is locked for some seconds.
    case lock
    /// An old snapshot is held.
    case snapshot
    /// Every partition of the deliveries is lost to the default partition, and some time later all are made again.
    case partitions

    /// True if the server itself is stopped.
    var stopsServer: Bool {
        switch self {
        case .restart, .crash, .outage: true
        default: false
        }
    }

    /// True if it can keep a worker from being heard.
    ///
    /// A locked queue can't, nor an old snapshot: heartbeats touch neither. One that is asked to end is heard until it has.
    var silencesWorkers: Bool {
        switch self {
        case .kill, .hiccup, .freeze, .backends, .restart, .crash, .outage, .cut: true
        case .terminate, .deploy, .pause, .replay, .discard, .lock, .snapshot, .partitions: false
        }
    }

    /// True if it can keep a worker that ends from giving back what it holds.
    var hindersGoodbyes: Bool {
        silencesWorkers || self == .lock || self == .partitions
    }

    /// The time that it lasts, where that is up to us.
    func length(lease: Duration) -> ClosedRange<Duration> {
        switch self {
        case .hiccup: .milliseconds(300)...(lease * 0.6)
        case .freeze: (lease * 1.5)...(lease * 2.5)
        case .outage: .seconds(2)...(.seconds(8))
        case .cut: .seconds(1)...(.seconds(2))
        case .pause: .seconds(1)...(.seconds(5))
        case .lock: .seconds(1)...(.seconds(6))
        case .partitions: .milliseconds(100)...(.seconds(3))
        case .snapshot: .seconds(3)...(.seconds(8))
        default: .zero...(.zero)
        }
    }

    /// Within which time after its end everything must be as if it had not been.
    ///
    /// A worker that is gone is noticed when its lease ends; a worker that lost a reply asks after five seconds which
    /// claims it does not know of.
    func recoveryBound(lease: Duration) -> Duration {
        switch self {
        case .kill, .freeze, .deploy, .terminate, .hiccup: lease * 1.5 + .seconds(5)
        case .backends, .restart, .crash, .outage, .cut, .lock, .partitions: max(lease * 1.5, .seconds(6)) + .seconds(5)
        case .pause, .replay, .discard, .snapshot: .seconds(5)
        }
    }
}
