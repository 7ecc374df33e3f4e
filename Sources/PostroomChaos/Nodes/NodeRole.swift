/// What a node does.
enum NodeRole: String, Sendable {
    /// It receives and works.
    case all
    /// It only receives.
    case receiver
    /// It only works.
    case worker

    /// Whether senders can post to it.
    var receives: Bool {
        self != .worker
    }

    /// The nodes of a run: every role, and two that can take over from each other.
    static let fleet: [NodeRole] = [.all, .all, .worker, .receiver]
}
