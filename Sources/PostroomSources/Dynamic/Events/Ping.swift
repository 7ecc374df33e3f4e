import PostroomCore

extension Dynamic {
    /// Dynamic tried the webhook, as it does when one is registered.
    ///
    /// It may say nothing but its name.
    public struct Ping: EnvelopeEvent {
        /// `ping`.
        public static let eventTypes = ["ping"]

        /// What the event says beside its data.
        public let notice: Notice

        init(_ envelope: DynamicEnvelope) {
            self.notice = Notice(envelope)
        }
    }
}
