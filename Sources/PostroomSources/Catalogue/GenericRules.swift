public import PostroomCore

/// Rules of a source that are data: the places of type, key, object and time.
///
/// The presets have theirs, and the generic sources get them by the options of their endpoint.
public struct GenericRules: SourceRules {
    /// The source.
    public let source: Source
    private let locations: EventLocations
    private let allowsArray: Bool
    /// Takes what changes from attempt to attempt out of a body before its digest is made; `nil` where nothing does.
    private let stabilizer: Redaction?

    /// Takes the places.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - locations: The places.
    public init(source: Source, locations: EventLocations) {
        self.source = source
        self.locations = locations
        self.allowsArray = locations.allowsArray
        self.stabilizer =
            locations.unstablePaths.isEmpty
            ? nil : Redaction(paths: locations.unstablePaths, hidesSecrets: false)
    }

    /// Sets the rules of a generic source.
    ///
    /// Headers count before the body.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - eventTypeHeader: The header that names the event type, or `nil` for none.
    ///   - eventTypePath: The JSON path of the event type, or `nil` for `type`.
    ///   - keyHeader: The header that carries the idempotency key, or `nil` for none; for Standard Webhooks it is
    ///     `webhook-id` or `svix-id` where neither header nor path is given.
    ///   - keyPath: The JSON path of the idempotency key, or `nil` for none. Where no key is found, the digest of the body
    ///     is the key.
    public init(
        source: Source,
        eventTypeHeader: String? = nil,
        eventTypePath: String? = nil,
        keyHeader: String? = nil,
        keyPath: String? = nil
    ) {
        var locations = GenericRules.locations(of: source)
        if eventTypeHeader != nil || eventTypePath != nil {
            let header = eventTypeHeader.map { [[ValueLocation.header($0)]] } ?? []
            locations.eventType = header + [[.json(eventTypePath ?? "type")]]
        }
        if keyHeader != nil || keyPath != nil {
            let header = keyHeader.map { [[ValueLocation.header($0)]] } ?? []
            locations.idempotencyKey = header + (keyPath.map { [[.json($0)]] } ?? [])
        }
        self.init(source: source, locations: locations)
    }

    /// Returns the places of a generic source unless its endpoint says others.
    package static func locations(of source: Source) -> EventLocations {
        switch source {
        case .standardWebhooks:
            EventLocations(
                eventType: [[.member("type")]],
                idempotencyKey: [[.header("webhook-id")], [.header("svix-id")]],
                time: [.member("timestamp")]
            )
        // Binary mode has the attributes in headers, structured mode in the body; an id is unique in its origin only.
        case .cloudEvents:
            EventLocations(
                eventType: [[.header("ce-type")], [.member("type")]],
                idempotencyKey: [[.header("ce-source"), .header("ce-id")], [.member("source"), .member("id")]],
                orderingKey: [[.literal("subject"), .member("subject")]],
                time: [.header("ce-time"), .member("time")]
            )
        default: EventLocations(eventType: [[.member("type")]], time: [.member("timestamp")])
        }
    }

    /// Finds the event type and the idempotency key where the places say.
    public func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        var reader = ValueReader(headers: headers, body: body, allowsArray: allowsArray)
        let type = reader.text(locations.eventType, joinedBy: ".", needsAll: false) {
            IdentityText.eventType($0) != nil
        }
        let key = reader.text(locations.idempotencyKey, joinedBy: ":", needsAll: true) { IdentityText.key($0) != nil }
        guard let stabilizer else { return DeliveryIdentity(type: type, key: key, body: body) }
        var stable = body
        if IdentityText.key(key) == nil {
            let redacted = stabilizer.redacted(body)
            // A body that can't be read is one of its own, byte for byte.
            stable = redacted.hiding == .all ? body : redacted.bytes
        }
        return DeliveryIdentity(type: type, key: key, body: stable, namesBody: false)
    }

    /// Says why there is no event type in any of its places.
    public func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        var reader = ValueReader(headers: headers, body: body, allowsArray: allowsArray)
        let type = reader.text(locations.eventType, joinedBy: ".", needsAll: false) {
            IdentityText.eventType($0) != nil
        }
        guard IdentityText.eventType(type) == nil else { return nil }
        let place = locations.eventType.compactMap(\.first).first(where: \.isInBody)
        guard let place, !FormFields.isForm(headers) else { return UnreadableReason(.noEventType) }
        let document: JSONDocument
        do throws(JSONFault) {
            document = try JSONDocument(checking: body, allowsArray: allowsArray)
        } catch {
            return UnreadableReason(error)
        }
        if case .object(let object) = document, let names = place.names,
            let reason = UnreadableReason(ofType: type, in: object, at: [names])
        {
            return reason
        }
        return UnreadableReason(type == nil ? .noEventType : .unusableEventType)
    }

    /// Reads time and object where the places say.
    public func details(of delivery: Delivery) -> EventDetails {
        var reader = ValueReader(headers: delivery.headers, body: delivery.body, allowsArray: allowsArray)
        let object = reader.text(locations.orderingKey, joinedBy: ":", needsAll: true) { IdentityText.key($0) != nil }
        return EventDetails(occurredAt: reader.time(locations.time), orderingKey: IdentityText.key(object))
    }
}

/// The rules of deliveries that were stored with their type and key.
struct StoredRules: SourceRules {
    let source = Source.sql

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        DeliveryIdentity(type: nil, key: nil, body: body)
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        nil
    }

    func details(of delivery: Delivery) -> EventDetails {
        EventDetails()
    }
}
