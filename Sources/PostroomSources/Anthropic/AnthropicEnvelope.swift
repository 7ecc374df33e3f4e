public import FoundationEssentials
import PostroomCore

/// Anthropic's envelope: the outer `type` is always `event`, and the event's own type stands in its data.
struct AnthropicEnvelope: SourceEnvelope {
    static let source = Source.anthropic
    static let typePaths = [["data", "type"]]

    private let body: JSONObject

    init(_ body: JSONObject) {
        self.body = body
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
        JSONReader(body, path: "")
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        guard let content else { throw UndecodableEvent(path: "data", expectation: "expected an object") }
        return JSONReader(content, path: "data")
    }
}

extension Anthropic {
    /// What every event of Anthropic says.
    public struct Notice: Hashable, Sendable {
        /// The identity of the event, the same on every attempt to deliver it.
        public let eventID: String
        /// When the object changed, by Anthropic's clock.
        public let createdAt: Date
        /// The organization that the object belongs to.
        public let organizationID: String
        /// The workspace that the object belongs to; `nil` where it belongs to the whole organization, as external keys,
        /// external storage and user profiles do.
        public let workspaceID: String?

        init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.eventID = try envelope.root.value("id")
            self.createdAt = try envelope.root.value("created_at")
            self.organizationID = try data.value("organization_id")
            self.workspaceID = try data.optional("workspace_id")
        }
    }
}
