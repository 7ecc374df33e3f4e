import Logging

/// Metadata without nesting: `["request": ["id": "7"]]` becomes `request.id = 7`.
struct FlatMetadata: Sendable {
    /// What stands beside a key.
    enum Value: Hashable, Sendable {
        case text(String)
        case list([String])
    }

    private static let deepest = 8
    private static let longest = 4096

    /// The pairs, ordered by their keys; a key may come twice.
    let pairs: [(key: String, value: Value)]

    /// Flattens metadata; what is nested too deeply or too long is cut.
    init(_ metadata: Logger.Metadata) {
        var pairs: [(key: String, value: Value)] = []
        for (key, value) in metadata {
            Self.flatten(key, value, depth: 1, into: &pairs)
        }
        self.pairs = pairs.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ key: String,
        _ value: Logger.MetadataValue,
        depth: Int,
        into pairs: inout [(key: String, value: Value)]
    ) {
        switch value {
        case .dictionary(let members) where depth < deepest && !members.isEmpty:
            for (name, member) in members {
                flatten("\(key).\(name)", member, depth: depth + 1, into: &pairs)
            }
        case .array(let elements):
            pairs.append((key, .list(elements.map { cut(text($0, depth: depth + 1)) })))
        default:
            pairs.append((key, .text(cut(text(value, depth: depth)))))
        }
    }

    private static func text(_ value: Logger.MetadataValue, depth: Int) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .dictionary where depth >= deepest, .array where depth >= deepest: "…"
        case .dictionary(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value, depth: depth + 1))" }
                .joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map { text($0, depth: depth + 1) }.joined(separator: ", ") + "]"
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count > longest ? String(decoding: text.utf8.prefix(longest), as: UTF8.self) + "…" : text
    }
}
