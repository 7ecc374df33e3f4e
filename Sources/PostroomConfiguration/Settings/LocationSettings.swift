package import PostroomSources

/// The places of event type, key, object and time in the requests of an endpoint.
package struct LocationSettings: Hashable, Sendable {
    /// The places of the event type.
    package var eventType = PlaceSettings()
    /// The places of the idempotency key.
    package var idempotencyKey = PlaceSettings()
    /// The paths of what changes in a body from one attempt of its producer to the next.
    package var unstablePaths: [String] = []
    /// The places of the name of the object that events are about.
    package var orderingKey = PlaceSettings()
    /// The header with the time of the event, or `nil`.
    package var timeHeader: String?
    /// The path of the time of the event in the JSON body, or `nil`.
    package var timePath: String?

    /// No places but the source's own.
    package init() {}

    /// The keys of the places.
    package static let table: [Setting<LocationSettings>] =
        PlaceSettings.table(of: "the event type").map { $0.within("event-type", \LocationSettings.eventType) }
        + PlaceSettings.table(of: "the sender's identity of the delivery")
        .map { $0.within("idempotency-key", \LocationSettings.idempotencyKey) } + [
            Setting(
                "idempotency-key.unstable",
                list: \.unstablePaths,
                .jsonPath,
                "what changes from attempt to attempt; the body's digest, where it is the key, is made without it"
            )
        ]
        + PlaceSettings.table(of: "the object whose events keep their order")
        .map { $0.within("ordering-key", \LocationSettings.orderingKey) } + [
            Setting("time.header", optional: \.timeHeader, .headerName, "the header with the time of the event"),
            Setting("time.json", optional: \.timePath, .jsonPath, "the JSON path of the time of the event"),
        ]

    /// Puts the places that are given in place of a source's own.
    ///
    /// Headers count before what stands in the body; an event type that is nowhere else is looked for in `type`.
    ///
    /// - Parameter own: The source's own places.
    /// - Returns: The places of the endpoint.
    package func replacing(_ own: EventLocations) -> EventLocations {
        var places = own
        if eventType.isGiven {
            places.eventType = eventType.alternatives + (eventType.json == nil ? [[.json("type")]] : [])
        }
        if idempotencyKey.isGiven {
            places.idempotencyKey = idempotencyKey.alternatives
        }
        if !unstablePaths.isEmpty {
            places.unstablePaths = unstablePaths
        }
        if orderingKey.isGiven {
            places.orderingKey = orderingKey.alternatives
        }
        let time = (timeHeader.map { [ValueLocation.header($0)] } ?? []) + (timePath.map { [.json($0)] } ?? [])
        if !time.isEmpty {
            places.time = time
        }
        return places
    }

    /// The settings that are given, by the part of a delivery that they place, with the reason why a source may need none.
    package var given: [(setting: String, why: String)] {
        let places = [
            ("event-type", eventType, "its event types are known"),
            ("idempotency-key", idempotencyKey, "its key is known"),
            ("ordering-key", orderingKey, "its objects are known"),
        ]
        var given = places.flatMap { name, place, why in place.given.map { (setting: "\(name).\($0)", why: why) } }
        if !unstablePaths.isEmpty {
            given.append(("idempotency-key.unstable", "its key is known"))
        }
        let times = [("time.header", timeHeader), ("time.json", timePath)]
        return given + times.filter { $0.1 != nil }.map { (setting: $0.0, why: "its time is known") }
    }

    /// The header fields that become part of a delivery, each with its setting.
    package var headers: [(setting: String, name: String)] {
        let places = [("event-type", eventType), ("idempotency-key", idempotencyKey), ("ordering-key", orderingKey)]
        return places.flatMap { name, place in place.headers.map { (setting: "\(name).\($0.setting)", name: $0.name) } }
    }
}

/// The places of one value in the requests of an endpoint.
package struct PlaceSettings: Hashable, Sendable {
    /// The header with it, or `nil`.
    package var header: String?
    /// The path of it in the JSON body, or `nil`.
    package var json: String?
    /// The field of a form with it, or `nil`.
    package var form: String?
    /// The parts of which it is made.
    package var parts: [PlaceText] = []

    /// No place.
    package init() {}

    /// The keys of the places of a value.
    ///
    /// - Parameter what: The value in a few words.
    /// - Returns: The keys.
    static func table(of what: String) -> [Setting<PlaceSettings>] {
        [
            Setting("header", optional: \.header, .headerName, "the header with \(what)"),
            Setting("json", optional: \.json, .jsonPath, "the JSON path of \(what)"),
            Setting("form", optional: \.form, .words, "the field of a form with \(what)"),
            Setting("parts", list: \.parts, .placeText, "the parts of \(what), where it is made of several"),
        ]
    }

    /// True where any place is given.
    package var isGiven: Bool {
        !given.isEmpty
    }

    /// The settings that are given.
    var given: [String] {
        [("header", header != nil), ("json", json != nil), ("form", form != nil), ("parts", !parts.isEmpty)]
            .filter(\.1).map(\.0)
    }

    /// The places, of which the first that is there counts.
    var alternatives: [[ValueLocation]] {
        var places: [[ValueLocation]] = header.map { [[.header($0)]] } ?? []
        if !parts.isEmpty {
            places.append(parts.map(\.location))
        }
        return places + (form.map { [[.form($0)]] } ?? []) + (json.map { [[.json($0)]] } ?? [])
    }

    /// The header fields among them.
    var headers: [(setting: String, name: String)] {
        let own = header.map { [(setting: "header", name: $0)] } ?? []
        return own
            + parts.compactMap { part in
                if case .header(let name) = part.location { (setting: "parts", name: name) } else { nil }
            }
    }
}

/// A part of a value: a fixed text, or a place in braces.
package struct PlaceText: Hashable, Sendable {
    /// The part as it is written.
    package let text: String
    /// The place.
    package let location: ValueLocation

    /// Reads a part; `nil` where its braces hold no place.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
        guard text.contains(where: { $0 == "{" || $0 == "}" }) else {
            location = .literal(text)
            return
        }
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        let words = text.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard words.count > 1, !words.contains(""), !words.contains(where: { $0.contains { "{}".contains($0) } }) else {
            return nil
        }
        switch (words[0], words.count) {
        case ("header", 2): location = .header(words[1])
        case ("json", 2): location = .json(words[1])
        case ("form", 2): location = .form(words[1])
        case ("form-json", 3): location = .jsonInForm(field: words[1], path: words[2])
        default: return nil
        }
    }
}

extension ValueFormat where Value == PlaceText {
    /// A fixed text or a place in braces.
    package static let placeText = ValueFormat(
        "a text, or {header:Name}, {json:path}, {form:field} or {form-json:field:path}",
        range: "a text or a place"
    ) {
        PlaceText($0)
    } write: {
        $0.text
    }
}
