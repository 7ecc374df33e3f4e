import FoundationEssentials
public import PostroomCore

/// A typed event of one's own needs no more than its fields:
///
/// ```swift
/// struct InvoicePaid: Codable, WebhookEvent {
///     static let source: Source = "stripe"
///     static let eventTypes = ["invoice.paid"]
///     let id: String
///     let created: Date
/// }
/// ```
extension WebhookEvent where Self: Decodable {
    /// Decodes the event from the whole JSON body.
    ///
    /// Dates may be texts as RFC 3339 has them, or seconds or milliseconds since 1970. A name that stands twice in the
    /// outer object is a misfit, because two parsers would take different values for it.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where the body does not fit. It names a place, never a value.
    public init(decoding event: Event) throws {
        try Self.check(event)
        do throws(JSONFault) {
            _ = try JSONDocument(checking: event.body, allowsArray: true)
        } catch {
            throw UndecodableEvent(path: "", expectation: "expected JSON: \(error)")
        }
        do {
            self = try CodableBody.decoder.decode(Self.self, from: Data(event.body))
        } catch let error as DecodingError {
            throw UndecodableEvent(error, under: "")
        }
    }
}

/// A typed event that reads its fields with a ``JSONReader``, where Codable takes too much or too little.
///
/// ```swift
/// struct OrderPaid: JSONEvent {
///     static let source: Source = "shop"
///     static let eventTypes = ["order.paid"]
///     let id: String
///     let note: Field<String>
///     let oddities: [EventOddity]
///
///     init(_ json: JSONReader) throws(UndecodableEvent) {
///         id = try json.members("order").id("id")
///         note = json.field("note")
///         oddities = json.oddities
///     }
/// }
/// ```
public protocol JSONEvent: WebhookEvent {
    /// Reads the event from the members of the body's outer object.
    ///
    /// - Parameter json: The members.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where what identifies it does not fit.
    init(_ json: JSONReader) throws(UndecodableEvent)
}

extension JSONEvent {
    /// Decodes the event.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where the body does not fit. It names a place, never a value.
    public init(decoding event: Event) throws {
        try Self.check(event)
        try self.init(JSONReader(body: event.body))
    }
}

extension WebhookEvent {
    /// Refuses an event of a type that is none of ``PostroomCore/WebhookEvent/eventTypes``.
    fileprivate static func check(_ event: Event) throws(UndecodableEvent) {
        let isExpected = eventTypes.contains { type in
            EventPattern(source: nil, pattern: type).matches(event.delivery)
        }
        guard isExpected else { throw UndecodableEvent(unexpectedTypeFor: eventTypes) }
    }
}

/// The decoder of events that are Codable.
private enum CodableBody {
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Double.self) {
                return Date(timeIntervalSince1970: number >= 100_000_000_000 ? number / 1000 : number)
            }
            guard let date = LenientDate.parse(try value.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "")
            }
            return date
        }
        return decoder
    }
}
