public import PostroomCore

/// Hides the values of a body that nobody should see who only looks at deliveries.
///
/// It hides too much rather than too little: arrays are looked through wherever they stand, names are compared with their
/// escapes resolved, of equal names all count, and what is nested too deep to be looked at is hidden as a whole.
struct Redaction: Sendable {
    /// What stands in place of a hidden value, and of a body that is no JSON.
    static let mask = "•••"
    private static let maskedValue = Array("\"\(mask)\"".utf8)
    /// How deep the values are that are looked at.
    ///
    /// It bounds the time too: each level is read once more than the one above it.
    private static let deepestLevel = 24

    private let root: Node

    /// Takes the paths of a source; see ``SourceDefinition/sensitivePaths``.
    init(paths: [String]) {
        var root = Node()
        for path in paths {
            root.insert(path.split(separator: ".").map(Step.init)[...])
        }
        self.root = root
    }

    /// The body with its hidden values replaced, otherwise byte for byte as it was.
    func redacted(_ body: [UInt8]) -> [UInt8] {
        guard let object = try? JSONObject(checking: body, limits: .deepEnvelope) else { return Array(Self.mask.utf8) }
        guard !root.children.isEmpty else { return body }
        let hidden = hiddenRanges(in: object)
        guard !hidden.isEmpty else { return body }
        var result: [UInt8] = []
        result.reserveCapacity(body.count + hidden.count * Self.maskedValue.count)
        var position = 0
        for range in hidden {
            result += body[position..<range.lowerBound]
            result += Self.maskedValue
            position = range.upperBound
        }
        result += body[position...]
        return result
    }

    /// Where the values stand that must not be seen, from front to back, none inside another.
    private func hiddenRanges(in body: JSONObject) -> [Range<Int>] {
        var hidden: [Range<Int>] = []
        var pending: [(value: JSONValue, nodes: [Node], level: Int)] = []
        func visit(_ object: JSONObject, _ nodes: [Node], _ level: Int) {
            for name in Set(nodes.flatMap { $0.children.keys }) {
                let found = nodes.compactMap { $0.children[name] }
                let isHidden = found.contains { $0.isEnd }
                let next = found + found.filter(\.repeats).map { Node(children: [name: $0]) }
                for value in object.values(named: name) {
                    if isHidden {
                        hidden.append(value.bytes.indices)
                    } else {
                        pending.append((value, next, level + 1))
                    }
                }
            }
        }
        visit(body, [root], 0)
        while let (value, nodes, level) = pending.popLast() {
            switch value.kind {
            case .object, .array:
                guard level <= Self.deepestLevel else {
                    hidden.append(value.bytes.indices)
                    continue
                }
                if let object = value.object {
                    visit(object, nodes, level)
                }
                for element in value.elements ?? [] {
                    pending.append((element, nodes, level + 1))
                }
            case .string, .number, .boolean, .null:
                continue
            }
        }
        return hidden.sorted { $0.lowerBound < $1.lowerBound }
    }
}

extension Redaction {
    /// One name of a path.
    fileprivate struct Step {
        let name: String
        let repeats: Bool

        init(_ text: Substring) {
            let name = text.hasSuffix("[]") ? text.dropLast(2) : text
            self.repeats = name.hasSuffix("+")
            self.name = String(repeats ? name.dropLast() : name)
        }
    }

    /// What may follow a name.
    fileprivate struct Node: Sendable {
        var children: [String: Node] = [:]
        var isEnd = false
        /// Whether the name may stand inside itself, any number of times.
        var repeats = false

        mutating func insert(_ steps: ArraySlice<Step>) {
            guard let step = steps.first else {
                isEnd = true
                return
            }
            children[step.name, default: Node()].insert(steps.dropFirst())
            children[step.name]?.repeats = step.repeats
        }
    }
}

extension Sources {
    private static let redactions = Dictionary(
        uniqueKeysWithValues: models.map { ($0.definition.source, Redaction(paths: $0.definition.sensitivePaths)) }
    )
    private static let plainRedaction = Redaction(paths: [])

    /// Hides what in a body must not be shown: tokens, keys, one-time passwords, private metadata.
    ///
    /// The result is for people and logs, not for handlers.
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - source: The source that it came from.
    /// - Returns: The body with every value at one of the source's ``SourceDefinition/sensitivePaths`` replaced by the
    ///   string `•••`, otherwise byte for byte the same; or the bare text `•••` where the body is no JSON object, so
    ///   that nobody can tell what is in it.
    public static func redacted(body: [UInt8], source: Source) -> [UInt8] {
        (redactions[source] ?? plainRedaction).redacted(body)
    }
}
