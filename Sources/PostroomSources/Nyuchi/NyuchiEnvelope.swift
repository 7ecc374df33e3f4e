public import FoundationEssentials
import PostroomCore

/// The envelope of the template: `id`, `type`, `created_at`, `data`.
struct NyuchiEnvelope: SourceEnvelope {
    static let source = Source.nyuchi
    static let typePaths = [["type"]]

    let log: OddityLog?
    private let body: JSONObject

    init(_ body: JSONObject, _ log: OddityLog?) {
        self.body = body
        self.log = log
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
        JSONReader(body, path: "", log: log)
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        try root.members("data")
    }
}

extension Nyuchi {
    /// The facts that every event of the template states.
    public struct Notice: SourceNotice, Hashable, Sendable {
        /// The identity of the event, the same on every attempt to deliver it.
        public let eventID: String
        /// The time of the event, by the producer's clock; `nil` where the producer sends none, which is an oddity.
        public let createdAt: Date?
        /// The workspace, or `nil` where the producer does not say.
        public let workspaceID: String?
        let record: OddityRecord

        init(_ envelope: NyuchiEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            let root = envelope.root
            self.eventID = try root.id("id")
            self.createdAt = root.expected("created_at")
            self.workspaceID = data.optionalID("workspace_id") ?? root.optionalID("workspace_id")
            self.record = envelope.record
        }
    }
}
