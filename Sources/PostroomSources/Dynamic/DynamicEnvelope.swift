public import FoundationEssentials
import PostroomCore

/// Dynamic's envelope.
///
/// Of its members only `eventName` is sure to be there: a ping has nothing else.
struct DynamicEnvelope: SourceEnvelope {
    static let source = Source.dynamic
    static let typePaths = [["eventName"]]

    let log: OddityLog?
    private let body: JSONObject

    init(_ body: JSONObject, _ log: OddityLog?) {
        self.body = body
        self.log = log
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
        body["timestamp"].flatMap(DateOrUnixTime.parse)
    }

    var isRedelivery: Bool {
        body["redelivery"]?.boolean ?? false
    }

    var content: JSONObject? {
        body["data"]?.object
    }

    var root: JSONReader {
        JSONReader(body, path: "", log: log)
    }

    /// Reads the members of the data, of which Dynamic promises none.
    func data() -> JSONReader {
        root.looseMembers("data")
    }
}

/// A time as a date, or as seconds or milliseconds since 1970.
private struct DateOrUnixTime: JSONReadable {
    let date: Date

    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let date = Self.parse(value) else { throw path.misfit("a date or a Unix time", found: value) }
        self.date = date
    }

    static func parse(_ value: JSONValue) -> Date? {
        LenientDate.parse(value) ?? LenientDate.parseUnix(value)
    }
}

extension Dynamic {
    /// The facts that an event of Dynamic states beside its data.
    ///
    /// Dynamic promises none of it.
    public struct Notice: SourceNotice, Hashable, Sendable {
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
        /// The time of the event, by Dynamic's clock.
        public let occurredAt: Date?
        /// `true` if a person at Dynamic had it sent again.
        public let isRedelivery: Bool
        let record: OddityRecord

        init(_ envelope: DynamicEnvelope) {
            let root = envelope.root
            self.record = envelope.record
            self.eventID = root.optional("eventId")
            self.messageID = root.optional("messageId")
            self.webhookID = root.optional("webhookId")
            self.environmentID = root.optional("environmentId")
            self.environmentName = root.optional("environmentName")
            self.actorID = root.optional("userId")
            let occurredAt: DateOrUnixTime? = root.optional("timestamp")
            self.occurredAt = occurredAt?.date
            self.isRedelivery = root.optional("redelivery") ?? false
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
