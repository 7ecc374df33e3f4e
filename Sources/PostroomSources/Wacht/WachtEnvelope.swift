public import FoundationEssentials
import PostroomCore

/// Wacht's envelope in its three shapes: as it is sent, as the documentation prints thread events (bare, without a
/// type), and wrapped once more by every replay.
struct WachtEnvelope: SourceEnvelope {
    static let source = Source.wacht
    static let typePaths = [["type"]]
    /// Tool output inside thread messages is nested as deep as its tool likes.
    static let limits = JSONLimits.deepEnvelope
    private static let deepestReplay = 5

    /// The event type.
    let type: String?
    /// `true` if a replay wrapped the envelope again.
    let isReplay: Bool
    /// The innermost data, whatever it is; `nil` in a bare envelope.
    let value: JSONValue?
    /// The innermost data; `nil` where it is no object.
    let content: JSONObject?
    /// The innermost envelope.
    private let envelope: JSONObject
    /// The number of envelopes around the innermost one; `nil` for a bare one.
    private let level: Int?
    let log: OddityLog?

    init(_ body: JSONObject, _ log: OddityLog?) {
        self.log = log
        guard body.has("type") else {
            self.type = Self.bareType(body)
            self.isReplay = false
            self.value = nil
            self.content = type == nil ? nil : body
            self.envelope = body
            self.level = nil
            return
        }
        let type = body["type"]?.string
        var envelope = body
        var value = envelope["data"]
        // Members are found anew each time an object is asked for: once for each level.
        var content = value?.object
        var level = 0
        while level < Self.deepestReplay {
            guard let inner = content, inner.count == 3, inner.has("timestamp"), inner.has("data"),
                type != nil, inner["type"]?.string == type
            else { break }
            envelope = inner
            value = inner["data"]
            content = value?.object
            level += 1
        }
        self.type = type
        self.isReplay = level > 0
        self.value = value
        self.content = content
        self.envelope = envelope
        self.level = level
    }

    private static func bareType(_ body: JSONObject) -> String? {
        guard body.has("thread_id") else { return nil }
        return switch body["message_type"]?.string {
        case "conversation_message": "agent.thread.message"
        case "platform_event": "agent.thread.platform_event"
        default: nil
        }
    }

    /// The time at which the delivery was queued, by the innermost envelope.
    var sentAt: Date? {
        envelope["timestamp"].flatMap(LenientDate.parse)
    }

    /// The innermost envelope's members.
    var reader: JSONReader {
        JSONReader(envelope, path: Self.path(level ?? 0), log: log)
    }

    /// The place of the innermost data.
    var dataPath: JSONPath {
        JSONPath(parent: Self.path(level ?? 0), name: "data", log: log)
    }

    /// The path of the envelope that stands so many times in another one.
    private static func path(_ level: Int) -> String {
        switch level {
        case 0: ""
        case 1: "data"
        default: Array(repeating: "data", count: level).joined(separator: ".")
        }
    }

    /// Reads the members of the innermost data of an event that needs none of them.
    var looseData: JSONReader {
        content.map { JSONReader($0, path: dataPath.text, log: log) } ?? reader.looseMembers("data")
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        if let content {
            return JSONReader(content, path: level.map { Self.path($0 + 1) } ?? "", log: log)
        }
        guard let value else { throw dataPath.misfit("an object, found none") }
        throw dataPath.misfit("an object", found: value)
    }
}

extension Wacht {
    /// The facts that every envelope of Wacht states.
    public struct Notice: SourceNotice, Hashable, Sendable {
        /// The time at which Wacht queued the delivery, to the second, by its clock; `nil` where the envelope has none.
        public let sentAt: Date?
        /// `true` if a person at Wacht had the delivery sent again: the same event came before under another
        /// idempotency key.
        public let isReplay: Bool
        let record: OddityRecord

        init(_ envelope: WachtEnvelope) {
            self.record = envelope.record
            self.sentAt = envelope.reader.optional("timestamp")
            self.isReplay = envelope.isReplay
        }
    }
}
