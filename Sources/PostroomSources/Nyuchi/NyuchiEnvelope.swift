public import FoundationEssentials
import PostroomCore

/// The envelope of the template: `id`, `type`, `created_at`, `data`.
struct NyuchiEnvelope: SourceEnvelope {
    static let source = Source.nyuchi
    static let typePaths = [["type"]]

    private let body: JSONObject

    init(_ body: JSONObject) {
        self.body = body
    }

    var id: String? {
        body["id"]?.identifier
    }

    var type: String? {
        body["type"]?.string
    }

    var createdAt: Date? {
        body["created_at"].flatMap(LenientDate.parse)
    }

    var content: JSONObject? {
        body["data"]?.object
    }

    /// The workspace, which stands in the data or, with some producers, beside it.
    var workspaceID: String? {
        content?["workspace_id"]?.identifier ?? body["workspace_id"]?.identifier
    }

    var root: JSONReader {
        JSONReader(body, path: "")
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        guard let content else { throw UndecodableEvent(path: "data", expectation: "expected an object") }
        return JSONReader(content, path: "data")
    }
}

extension Nyuchi {
    /// What every event of the template says.
    public struct Notice: Hashable, Sendable {
        /// The identity of the event, the same on every attempt to deliver it.
        public let eventID: String
        /// When it happened, by the producer's clock.
        public let createdAt: Date
        /// The workspace, or `nil` where the producer does not say.
        public let workspaceID: String?

        init(_ envelope: NyuchiEnvelope) throws(UndecodableEvent) {
            self.eventID = try envelope.root.id("id")
            self.createdAt = try envelope.root.value("created_at")
            self.workspaceID = envelope.workspaceID
        }
    }
}
