/// The news of a group's first dead letter in an hour, for the program's hook.
public struct DeadLetterNotice: Sendable {
    /// The dead letters of one handler with one cause.
    public struct Group: Hashable, Sendable {
        /// The handler.
        public let handler: HandlerName
        /// The hash of the error, equal for errors that differ only in numbers and identities.
        public let fingerprint: String
        /// The number of letters; of more than 100,000 no more are counted.
        public let count: Int
        /// The time at which the first of them died.
        public let firstSeen: Timestamp
        /// The time at which the last of them died.
        public let lastSeen: Timestamp

        /// Describes a group.
        public init(
            handler: HandlerName,
            fingerprint: String,
            count: Int,
            firstSeen: Timestamp,
            lastSeen: Timestamp
        ) {
            self.handler = handler
            self.fingerprint = fingerprint
            self.count = count
            self.firstSeen = firstSeen
            self.lastSeen = lastSeen
        }
    }

    /// A dead letter of the group.
    public struct Letter: Sendable {
        /// The number of the letter, as `dead-letters show` takes it.
        public let id: Int64
        /// The handler.
        public let handler: HandlerName
        /// The delivery.
        public let delivery: Delivery
        /// The reason why it is not tried again by itself.
        public let reason: DeathReason
        /// The error of the last attempt.
        public let error: String
        /// The number of failed attempts.
        public let failedAttempts: Int

        /// Describes a letter.
        public init(
            id: Int64,
            handler: HandlerName,
            delivery: Delivery,
            reason: DeathReason,
            error: String,
            failedAttempts: Int
        ) {
            self.id = id
            self.handler = handler
            self.delivery = delivery
            self.reason = reason
            self.error = error
            self.failedAttempts = failedAttempts
        }
    }

    /// The most calls of a hook for one notice.
    package static let mostTries = 5

    /// The group, as it is now.
    public let group: Group
    /// The newest letter of the group.
    public let letter: Letter
    /// The hour in which the letter died.
    package let hour: Timestamp
    /// The number of this call, from 1.
    package let tries: Int

    package init(group: Group, letter: Letter, hour: Timestamp, tries: Int) {
        self.group = group
        self.letter = letter
        self.hour = hour
        self.tries = tries
    }
}

/// The work that a program does for a dead letter: see ``HandlerRegistry/onDeadLetter(_:)``.
public typealias DeadLetterHook =
    @Sendable (_ group: DeadLetterNotice.Group, _ letter: DeadLetterNotice.Letter) async throws -> Void

/// The notices of dead letters, each of which one worker takes.
package protocol DeadLetterNotices: Sendable {
    /// Takes a notice of those handlers that nobody has, that its worker left behind, or that is to be told again.
    ///
    /// - Returns: The notice, or `nil` where there is none now.
    func claimNotice(of handlers: [HandlerName], for worker: WorkerID) async throws(QueueError) -> DeadLetterNotice?

    /// Ends a notice that was told, or has it told again after a while, up to ``DeadLetterNotice/mostTries`` times.
    func endNotice(_ notice: DeadLetterNotice, isTold: Bool, for worker: WorkerID) async throws(QueueError)
}
