import FoundationEssentials
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
    /// When the delivery was queued, by the innermost envelope.
    let sentAt: Date?
    /// Whether a replay wrapped the envelope again.
    let isReplay: Bool
    /// The innermost data, whatever it is; `nil` in a bare envelope.
    let value: JSONValue?
    /// The innermost data; `nil` where it is no object.
    let content: JSONObject?

    init(_ body: JSONObject) {
        guard body.has("type") else {
            self.type = Self.bareType(body)
            self.sentAt = body["timestamp"].flatMap(LenientDate.parse)
            self.isReplay = false
            self.value = nil
            self.content = type == nil ? nil : body
            return
        }
        let type = body["type"]?.string
        var envelope = body
        var value = envelope["data"]
        // Members are found anew each time an object is asked for: once for each level.
        var content = value?.object
        var isReplay = false
        for _ in 0..<Self.deepestReplay {
            guard let inner = content, inner.count == 3, inner.has("timestamp"), inner.has("data"),
                type != nil, inner["type"]?.string == type
            else { break }
            envelope = inner
            value = inner["data"]
            content = value?.object
            isReplay = true
        }
        self.type = type
        self.sentAt = envelope["timestamp"].flatMap(LenientDate.parse)
        self.isReplay = isReplay
        self.value = value
        self.content = content
    }

    private static func bareType(_ body: JSONObject) -> String? {
        guard body.has("thread_id") else { return nil }
        return switch body["message_type"]?.string {
        case "conversation_message": "agent.thread.message"
        case "platform_event": "agent.thread.platform_event"
        default: nil
        }
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        guard let content else { throw UndecodableEvent(path: "data", expectation: "expected an object") }
        return JSONReader(content, path: "data")
    }
}
