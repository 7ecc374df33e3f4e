import PostroomCore

extension Wacht {
    /// An operator of the deployment tried the endpoint.
    public struct TestWebhook: EnvelopeEvent {
        /// `test.webhook`.
        public static let eventTypes = ["test.webhook"]

        /// What the envelope says.
        public let notice: Notice
        /// Whatever the operator sent: any JSON, or nothing.
        public let data: RawJSON?

        init(_ envelope: WachtEnvelope) {
            self.notice = Notice(envelope)
            self.data = envelope.value.map { RawJSON($0, at: envelope.dataPath) }
        }
    }
}
