public import FoundationEssentials
import PostroomCore

/// Anthropic's envelope: the outer `type` is always `event`, and the event's own type stands in its data.
struct AnthropicEnvelope: SourceEnvelope {
    static let source = Source.anthropic
    static let typePaths = [["data", "type"]]

    let log: OddityLog?
    private let body: JSONObject

    init(_ body: JSONObject, _ log: OddityLog?) {
        self.body = body
        self.log = log
    }

    var id: String? {
        body["id"]?.string
    }

    var type: String? {
        content?["type"]?.string
    }

    var createdAt: Date? {
        body["created_at"].flatMap(LenientDate.parse)
    }

    var content: JSONObject? {
        body["data"]?.object
    }

    var root: JSONReader {
        JSONReader(body, path: "", log: log)
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        try root.members("data")
    }
}

extension Anthropic {
    /// The facts that every event of Anthropic states.
    public struct Notice: SourceNotice, Hashable, Sendable {
        /// The identity of the event, the same on every attempt to deliver it.
        public let eventID: String
        /// The time of the change, by Anthropic's clock; `nil` where the event has none, which is an oddity.
        public let createdAt: Date?
        /// The organization that the object belongs to.
        ///
        /// `nil` where the event does not say, which is an oddity.
        public let organizationID: String?
        /// The workspace that the object belongs to; `nil` where it belongs to the whole organization, as external keys,
        /// external storage and user profiles do.
        public let workspaceID: String?
        let record: OddityRecord

        init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            let root = envelope.root
            self.eventID = try root.value("id")
            self.createdAt = root.expected("created_at")
            self.organizationID = data.expected("organization_id")
            self.workspaceID = data.unlessNull("workspace_id")
            self.record = envelope.record
        }
    }
}
