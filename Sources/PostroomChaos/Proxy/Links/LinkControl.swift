import NIOCore

/// Reaches a link from any thread.
struct LinkControl: Sendable {
    let link: NIOLoopBound<Link>

    /// Closes both ends.
    func drop() {
        link.eventLoop.execute { link.value.drop() }
    }

    /// Stops passing anything on, or goes on.
    func setFrozen(_ isFrozen: Bool) {
        link.eventLoop.execute { link.value.setFrozen(isFrozen) }
    }
}
