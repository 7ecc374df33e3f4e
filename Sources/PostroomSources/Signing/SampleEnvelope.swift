import PostroomCore

extension SampleDelivery {
    /// Makes a delivery whose body is a sample's data, with event type and key put where a source's locations say.
    ///
    /// Of several places the first is filled. A member that the data has already stays as it is.
    init(eventType: String, data: String, at locations: EventLocations, _ values: inout SampleValues) {
        let id = values.token("evt_", 20)
        var draft = SampleDraft(body: data)
        let typeParts = (locations.eventType.first ?? []).filter { !$0.isLiteral }
        let words = eventType.split(separator: ".", maxSplits: max(0, typeParts.count - 1)).map(String.init)
        for (place, word) in zip(typeParts, words) {
            draft.put(word, at: place)
        }
        for place in locations.idempotencyKey.first ?? [] where !place.isLiteral {
            draft.put(id, at: place)
        }
        self.init(eventType: eventType, id: id, headers: draft.headers, body: draft.body)
    }
}

/// A sample that is being put together.
private struct SampleDraft {
    var headers: [(name: String, value: String)] = []
    var body: String

    mutating func put(_ text: String, at place: ValueLocation) {
        if case .header(let name) = place {
            headers.append((name, text))
        } else if let names = place.names, let first = names.first {
            body = Self.text(body, with: JSONString.quoted(text), at: first, names.dropFirst())
        }
    }

    /// An object's text with a value at a path, unless there is one.
    private static func text(_ object: String, with value: String, at name: String, _ rest: ArraySlice<String>)
        -> String
    {
        let bytes = Array(object.utf8)
        guard let read = try? JSONObject(checking: bytes) else { return object }
        guard let member = read[name] else {
            let nested = rest.reversed().reduce(value) { "{\(JSONString.quoted($1)):\($0)}" }
            let start = object.utf8.firstIndex(of: UInt8(ascii: "{")).map { object.utf8.index(after: $0) }
            let comma = read.entries.isEmpty ? "" : ","
            return start.map { "\(object[..<$0])\(JSONString.quoted(name)):\(nested)\(comma)\(object[$0...])" }
                ?? object
        }
        guard let next = rest.first, member.kind == .object else { return object }
        let inner = text(String(decoding: member.bytes, as: UTF8.self), with: value, at: next, rest.dropFirst())
        let head = String(decoding: bytes[..<member.bytes.startIndex], as: UTF8.self)
        return head + inner + String(decoding: bytes[member.bytes.endIndex...], as: UTF8.self)
    }
}
