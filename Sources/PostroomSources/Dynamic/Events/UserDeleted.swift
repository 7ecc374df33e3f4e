public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// A user was deleted.
    public struct UserDeleted: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `user.deleted`.
        public static let eventTypes = ["user.deleted"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The identity of the user, a UUID.
        public let userID: String?
        /// The email address, null where the user had none.
        public let email: Field<String>
        /// When the user was deleted.
        public let deletedAt: Date?
        /// Why, in the words of whoever did it.
        public let deletedReason: Field<String>
        /// The identity of whoever did it, null where nobody is known.
        public let deletedByID: Field<String>
        /// The identity of the environment.
        public let environmentID: String?

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.userID = try data.identity("id")
            self.email = data.field("email")
            self.deletedAt = data.optional("deletedAt")
            self.deletedReason = data.field("deletedReason")
            self.deletedByID = data.idField("deletedById")
            self.environmentID = data.optionalID("projectEnvironmentId")
        }
    }
}
