public import FoundationEssentials
import PostroomCore

/// Dynamic's envelope.
///
/// Of its members only `eventName` is sure to be there: a ping has nothing else.
struct DynamicEnvelope: SourceEnvelope {
    static let source = Source.dynamic
    static let typePaths = [["eventName"]]

    private let body: JSONObject

    init(_ body: JSONObject) {
        self.body = body
    }

    var type: String? {
        body["eventName"]?.string
    }

    var messageID: String? {
        body["messageId"]?.string
    }

    var eventID: String? {
        body["eventId"]?.string
    }

    var environmentID: String? {
        body["environmentId"]?.string
    }

    var occurredAt: Date? {
        body["timestamp"].flatMap { LenientDate.parse($0) ?? LenientDate.parseUnix($0) }
    }

    var isRedelivery: Bool {
        body["redelivery"]?.boolean ?? false
    }

    var content: JSONObject? {
        body["data"]?.object
    }

    var root: JSONReader {
        JSONReader(body, path: "")
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        guard let content else { throw UndecodableEvent(path: "data", expectation: "expected an object") }
        return JSONReader(content, path: "data")
    }
}

extension Dynamic {
    /// What an event of Dynamic says beside its data.
    ///
    /// Dynamic promises none of it.
    public struct Notice: Hashable, Sendable {
        /// The identity of the event; two webhooks of one environment send it twice, under two message identities.
        public let eventID: String?
        /// The identity of the message, the same on every attempt to deliver it.
        public let messageID: String?
        /// The identity of the webhook that sent it.
        public let webhookID: String?
        /// The identity of the environment.
        public let environmentID: String?
        /// The name of the environment, `live` or `sandbox`.
        public let environmentName: EnvironmentName?
        /// The user who caused the event, who need not be the user it is about; `nil` for one caused with an API key.
        public let actorID: String?
        /// When it happened, by Dynamic's clock.
        public let occurredAt: Date?
        /// Whether a person at Dynamic had it sent again.
        public let isRedelivery: Bool

        init(_ envelope: DynamicEnvelope) throws(UndecodableEvent) {
            self.eventID = try envelope.root.optional("eventId")
            self.messageID = try envelope.root.optional("messageId")
            self.webhookID = try envelope.root.optional("webhookId")
            self.environmentID = try envelope.root.optional("environmentId")
            self.environmentName = try envelope.root.optional("environmentName")
            self.actorID = try envelope.root.optional("userId")
            self.occurredAt = envelope.occurredAt
            self.isRedelivery = envelope.isRedelivery
        }
    }

    /// The name of an environment.
    public struct EnvironmentName: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Real users.
        public static let live = EnvironmentName(rawValue: "live")
        /// Trials.
        public static let sandbox = EnvironmentName(rawValue: "sandbox")
    }
}
