/// Something that can happen to the system.
enum ModelEvent: Hashable, Sendable {
    /// A worker without an identity registers.
    case start(Int)
    /// A worker settles what ended and claims what is next; the database commits it.
    case send(Int)
    /// As `send`, but nothing reaches the database.
    case sendInVain(Int)
    /// The reply to what was sent comes.
    case reply(Int)
    /// The reply to what was sent is lost.
    case lose(Int)
    /// A worker claims retries; the database commits it.
    case askRetries(Int)
    /// The claimed retries come.
    case retriesCome(Int)
    /// The claimed retries are lost on their way.
    case loseRetries(Int)
    /// A worker begins the pair that has waited longest.
    case begin(Int)
    /// The pair that has run longest ends.
    case end(Int, isHandled: Bool)
    /// A worker's batches have waited too long: what is unfinished leaves them.
    case detachUnfinished(Int)
    /// A worker says that it lives, and may learn that it was taken for dead.
    case heartbeat(Int)
    /// A worker gives back the claims that it does not know of.
    case release(Int)
    /// A worker's process dies.
    case kill(Int)
    /// The identity of a worker is taken for dead, whether it is or not.
    case rescue(Int)
    /// Another program registers a handler of its own.
    case newcomer
    /// One more delivery is committed.
    case store
    /// A dead letter is replayed.
    case replay

    /// True if something goes wrong by it: of these only a few happen in one history.
    var isFault: Bool {
        switch self {
        case .sendInVain, .lose, .loseRetries, .kill, .rescue: true
        default: false
        }
    }
}
