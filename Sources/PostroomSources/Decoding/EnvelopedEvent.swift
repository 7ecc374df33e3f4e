import PostroomCore

/// The way in which a source's bodies are taken apart before any type is put on their data.
protocol SourceEnvelope {
    static var source: Source { get }
    static var limits: JSONLimits { get }
    /// The places that the event type is read from, each as the names that lead to it.
    static var typePaths: [[String]] { get }
    /// Takes a body apart.
    ///
    /// - Parameters:
    ///   - body: The body's object.
    ///   - log: Where oddities are noted; `nil` where nobody asks for them.
    init(_ body: JSONObject, _ log: OddityLog?)
    /// Where oddities are noted.
    var log: OddityLog? { get }
    /// The event type, or `nil` where the body names none.
    var type: String? { get }
    /// Reads the members of the data.
    ///
    /// - Throws: ``UndecodableEvent`` where there are none.
    func data() throws(UndecodableEvent) -> JSONReader
}

extension SourceEnvelope {
    static var limits: JSONLimits {
        .envelope
    }

    /// The oddities of the body, for a notice.
    var record: OddityRecord {
        OddityRecord(log)
    }

    /// Takes a body apart for rules, which never fail: `nil` where it is not the JSON that it should be.
    init?(lenient body: [UInt8]) {
        guard let object = try? JSONObject(checking: body, limits: Self.limits) else { return nil }
        self.init(object, nil)
    }

    /// Says why a body names no event type; `nil` where it names one.
    static func unreadableReason(of body: [UInt8]) -> UnreadableReason? {
        let object: JSONObject
        do throws(JSONFault) {
            object = try JSONObject(checking: body, limits: limits)
        } catch {
            return UnreadableReason(error)
        }
        return UnreadableReason(ofType: Self(object, nil).type, in: object, at: typePaths)
    }
}

/// The words of a source's envelope, as each of its events carries them.
protocol SourceNotice {
    var record: OddityRecord { get }
}

/// A typed event that is read from its source's envelope, whatever its data is.
protocol EnvelopeEvent: WebhookEvent, Hashable {
    associatedtype Envelope: SourceEnvelope
    associatedtype EventNotice: SourceNotice
    var notice: EventNotice { get }
    init(_ envelope: Envelope) throws(UndecodableEvent)
}

/// A typed event whose data is an object in its source's envelope.
///
/// A conforming type states its ``PostroomCore/WebhookEvent/eventTypes`` and reads its fields; the rest is here.
protocol EnvelopedEvent: EnvelopeEvent {
    init(_ envelope: Envelope, _ data: JSONReader) throws(UndecodableEvent)
}

extension EnvelopedEvent {
    init(_ envelope: Envelope) throws(UndecodableEvent) {
        try self.init(envelope, envelope.data())
    }
}

extension EnvelopeEvent {
    /// The source that sends it.
    public static var source: Source {
        Envelope.source
    }

    /// The places of the body that did not fit and were left out, at most 32 of them.
    public var oddities: [EventOddity] {
        notice.record.oddities
    }

    /// Decodes the event.
    ///
    /// Only what says which object the event is about, and what it is, must fit; see ``oddities`` for the rest.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where that does not fit. It names a place, never a value.
    public init(decoding event: Event) throws {
        guard let type = event.type, Self.eventTypes.contains(type) else {
            throw UndecodableEvent(unexpectedTypeFor: Self.eventTypes)
        }
        let body: JSONObject
        do throws(JSONFault) {
            body = try JSONObject(checking: event.body, limits: Envelope.limits)
        } catch {
            throw UndecodableEvent(path: "", expectation: "expected a JSON object: \(error)")
        }
        try self.init(Envelope(body, OddityLog()))
    }
}

extension UndecodableEvent {
    /// The misfit of an event whose type is none of those.
    init(unexpectedTypeFor types: [String]) {
        let known = types.joined(separator: " or ")
        self.init(path: "", expectation: "expected an event of type \(known), found another type")
    }
}
