import FoundationEssentials
import PostroomCore

/// What a replay was asked for, as it is shown.
struct ReplayFilterText: Sendable {
    private static let shownIDs = 5

    private let filter: Filter?

    /// Reads the filter of a replay, which is a JSON object.
    init(reading json: String) {
        self.filter = try? JSONDecoder().decode(Filter.self, from: Data(json.utf8))
    }

    /// The filter in words, as options of the command line: `--handler crm.sync --since 2026-05-31T00:00:00Z`.
    var words: String {
        guard let filter else { return "?" }
        var words = filter.names.compactMap { name, value in value.map { "--\(name) \($0)" } }
        words += [("since", filter.since), ("until", filter.until)]
            .compactMap { name, value in
                value.map { "--\(name) \(CalendarText.parse($0).map(MomentDisplay.toTheSecond) ?? $0)" }
            }
        let ids = filter.ids ?? []
        words += ids.prefix(Self.shownIDs).map { "--id \($0)" }
        if ids.count > Self.shownIDs {
            words.append("and \(Plural.of(ids.count - Self.shownIDs, "other", "others"))")
        }
        return words.isEmpty ? "everything" : words.joined(separator: " ")
    }

    /// The filter for machines: every key, with `null` where nothing was said.
    var json: JSONTree {
        guard let filter else { return .null }
        func moment(_ text: String?) -> JSONTree {
            .string(orNull: text.map { CalendarText.parse($0)?.description ?? $0 })
        }
        return .object([
            JSONTree.Member("endpoint", .string(orNull: filter.endpoint)),
            JSONTree.Member("event_type", .string(orNull: filter.eventType)),
            JSONTree.Member("handler", .string(orNull: filter.handler)),
            JSONTree.Member("reason", .string(orNull: filter.reason)),
            JSONTree.Member("since", moment(filter.since)),
            JSONTree.Member("until", moment(filter.until)),
            JSONTree.Member("ids", filter.ids.map { .array($0.map { .integer($0) }) } ?? .null),
        ])
    }

    private struct Filter: Decodable {
        let ids: [Int64]?
        let endpoint: String?
        let eventType: String?
        let handler: String?
        let reason: String?
        let since: String?
        let until: String?

        var names: [(String, String?)] {
            [("endpoint", endpoint), ("type", eventType), ("handler", handler), ("reason", reason)]
        }

        enum CodingKeys: String, CodingKey {
            case ids, endpoint, handler, reason, since, until
            case eventType = "event_type"
        }
    }
}
