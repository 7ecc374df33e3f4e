/// A pattern for events: a source, or all, perhaps one endpoint, and a pattern over event types.
public struct EventPattern: Hashable, Sendable, CustomStringConvertible {
    /// The source, or `nil` for every source.
    public let source: Source?
    /// The endpoint, or `nil` for every endpoint.
    public let endpoint: EndpointName?
    /// The pattern over event types, in which `*` stands for any run of characters.
    public let pattern: String

    /// Names a pattern.
    ///
    /// - Parameters:
    ///   - source: The source, or `nil` for every source.
    ///   - endpoint: The endpoint, or `nil` for every endpoint.
    ///   - pattern: An event type in which `*` stands for any run of characters, none included. A delivery without an
    ///     event type matches only `*`.
    public init(source: Source?, at endpoint: EndpointName? = nil, pattern: String) {
        self.source = source
        self.endpoint = endpoint
        self.pattern = pattern
    }

    /// The events of one source whose type matches, at one endpoint or at all of them.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - endpoint: The endpoint, so that two of one generic source can be told apart; `nil` for every endpoint.
    ///   - pattern: The pattern over event types; every type unless said.
    /// - Returns: The pattern.
    public static func events(
        from source: Source,
        at endpoint: EndpointName? = nil,
        matching pattern: String = "*"
    ) -> EventPattern {
        EventPattern(source: source, at: endpoint, pattern: pattern)
    }

    /// Every event of every source.
    public static let everything = EventPattern(source: nil, pattern: "*")

    /// Tells whether a delivery of that source, endpoint and type matches.
    ///
    /// Types are compared byte for byte, as the database does.
    public func matches(source: Source, endpoint: EndpointName, eventType: String?) -> Bool {
        guard self.source == nil || self.source == source, self.endpoint == nil || self.endpoint == endpoint else {
            return false
        }
        if pattern == "*" {
            return true
        }
        guard let eventType else { return false }
        return pattern.utf8.contains(UInt8(ascii: "*"))
            ? Self.glob(pattern, eventType) : pattern.utf8.elementsEqual(eventType.utf8)
    }

    /// Tells whether a delivery matches.
    package func matches(_ delivery: Delivery) -> Bool {
        matches(source: delivery.source, endpoint: delivery.endpoint, eventType: delivery.eventType)
    }

    /// The pattern as `source:pattern` or `source@endpoint:pattern`, with `*` for every source: the form that the database
    /// keeps.
    public var description: String {
        "\(source?.rawValue ?? "*")\(endpoint.map { "@\($0)" } ?? ""):\(pattern)"
    }

    /// Reads the form that ``description`` writes.
    ///
    /// - Returns: `nil` where there is no colon, or an empty name.
    public init?(description: String) {
        guard let colon = description.firstIndex(of: ":") else { return nil }
        let names = description[..<colon].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(
            source: names[0] == "*" ? nil : Source(rawValue: String(names[0])),
            at: names.count > 1 ? EndpointName(rawValue: String(names[1])) : nil,
            pattern: String(description[description.index(after: colon)...])
        )
    }

    /// Matches with one remembered star, so that the time is bounded by the product of the lengths.
    private static func glob(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var inPattern = 0
        var inText = 0
        var star: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                star = (inPattern, inText)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                inPattern = last.pattern + 1
                inText = last.text + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
