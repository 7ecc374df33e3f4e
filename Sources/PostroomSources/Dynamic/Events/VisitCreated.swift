import PostroomCore

extension Dynamic {
    /// Somebody came to an environment's site.
    public struct VisitCreated: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `visit.created`.
        public static let eventTypes = ["visit.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The identity of the visit.
        public let visitID: String?
        /// The identity of the user, where the visitor is one.
        public let userID: String?
        /// Everything that Dynamic says of the visit, which it does not document.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.visitID = try data.identity("id")
            self.userID = data.optionalID("userId")
            self.json = envelope.root.raw("data")
        }
    }
}
