import PostroomCore

extension Nyuchi {
    /// Something failed again and again.
    ///
    /// The template gives the type two meanings: a connector's synchronization failed after all its retries, or the
    /// webhook endpoint itself failed on several events.
    public struct SyncFailed: EnvelopeEvent {
        typealias Envelope = NyuchiEnvelope

        /// The connector or endpoint that failed.
        public enum Subject: Hashable, Sendable {
            /// A connector.
            case connector(ConnectorFailure)
            /// The webhook endpoint; what the producer says of it is not documented.
            case endpoint(RawJSON)
        }

        /// A connector's failure.
        public struct ConnectorFailure: Hashable, Sendable {
            /// The identity of the connector.
            public let connectorID: String
            /// The kind of service that it connects to, for example `salesforce`.
            public let connectorType: String?
            /// The reason of the failure, for programs, for example `auth_expired`.
            public let errorCode: String?
            /// The reason of the failure, for people; any length, perhaps with markup.
            public let errorMessage: String?

            init(_ connectorID: String, _ json: JSONReader) {
                self.connectorID = connectorID
                self.connectorType = json.optional("connector_type")
                self.errorCode = json.optional("error_code")
                self.errorMessage = json.optional("error_message")
            }
        }

        /// The facts that every event states.
        public let notice: Notice
        /// The connector or endpoint that failed.
        public let subject: Subject

        init(_ envelope: NyuchiEnvelope) throws(UndecodableEvent) {
            let data = envelope.root.looseMembers("data")
            self.notice = try Notice(envelope, data)
            if let connectorID = try data.identity("connector_id") {
                self.subject = .connector(ConnectorFailure(connectorID, data))
            } else {
                self.subject = .endpoint(envelope.root.raw("data"))
            }
        }
    }
}
