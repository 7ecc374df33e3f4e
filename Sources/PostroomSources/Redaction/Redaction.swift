/// Hides the values of a body that nobody should see who only looks at deliveries.
///
/// It hides too much rather than too little: arrays are looked through wherever they stand, names are compared with their
/// escapes resolved, of equal names all count, names that tell of a secret count wherever they stand, and what is nested
/// too deep to be looked at is hidden as a whole.
struct Redaction: Sendable {
    /// The text in place of a hidden value, and of a body that is no JSON.
    static let mask = "•••"
    private static let maskedValue = Array("\"\(mask)\"".utf8)
    /// The deepest level at which values are looked at.
    ///
    /// It bounds the time too: each level is read once more than the one above it.
    private static let deepestLevel = 24

    private let root: Node
    private let hidesSecrets: Bool

    /// Takes the paths of a source; see ``SourceDefinition/sensitivePaths``.
    ///
    /// - Parameters:
    ///   - paths: The paths.
    ///   - hidesSecrets: False where nothing but the values at the paths is hidden: neither what has a telling name nor
    ///     what is nested too deep to be looked at.
    init(paths: [String], hidesSecrets: Bool = true) {
        self.hidesSecrets = hidesSecrets
        var root = Node()
        for path in paths {
            root.insert(path.split(separator: ".").map(Step.init)[...])
        }
        self.root = root
    }

    /// The body with its hidden values replaced, otherwise byte for byte as it was.
    ///
    /// An outer array of objects, in which some producers send several events, is looked through as each of them.
    func redacted(_ body: [UInt8]) -> RedactedBody {
        guard !body.isEmpty else { return RedactedBody(bytes: [], hiding: .nothing) }
        guard let hidden = hiddenRanges(in: body) else {
            return RedactedBody(bytes: Array(Self.mask.utf8), hiding: .all)
        }
        guard !hidden.isEmpty else { return RedactedBody(bytes: body, hiding: .nothing) }
        var result: [UInt8] = []
        result.reserveCapacity(body.count + hidden.count * Self.maskedValue.count)
        var position = 0
        for range in hidden {
            result += body[position..<range.lowerBound]
            result += Self.maskedValue
            position = range.upperBound
        }
        result += body[position...]
        return RedactedBody(bytes: result, hiding: .values(hidden.count))
    }

    /// The values of a body that must not be seen, or `nil` where nobody can tell.
    private func hiddenRanges(in body: [UInt8]) -> [Range<Int>]? {
        switch try? JSONDocument(checking: body, allowsArray: true, limits: .deepEnvelope) {
        case nil: return nil
        case .object(let object): return hiddenRanges(in: object)
        case .array(let elements):
            guard !elements.isEmpty else { return nil }
            var hidden: [Range<Int>] = []
            for element in elements {
                // On its own it is checked as every other body.
                guard let object = try? JSONObject(checking: Array(element.bytes), limits: .deepEnvelope) else {
                    return nil
                }
                let start = element.bytes.startIndex - JSONDocument.opening.utf8.count
                hidden += hiddenRanges(in: object).map { $0.lowerBound + start..<$0.upperBound + start }
            }
            return hidden
        }
    }

    /// Where the values stand that must not be seen, from front to back, none inside another.
    private func hiddenRanges(in body: JSONObject) -> [Range<Int>] {
        var hidden: [Range<Int>] = []
        var pending: [(value: JSONValue, nodes: [Node], level: Int)] = []
        func visit(_ object: JSONObject, _ nodes: [Node], _ level: Int) {
            for (name, value) in object.entries {
                let found = nodes.compactMap { $0.children[name] }
                if found.contains(where: \.isEnd) || (hidesSecrets && SecretName.hides(value, under: name)) {
                    hidden.append(value.bytes.indices)
                } else if value.kind == .object || value.kind == .array {
                    let next = found + found.filter(\.repeats).map { Node(children: [name: $0]) }
                    pending.append((value, next, level + 1))
                }
            }
        }
        visit(body, [root], 0)
        while let (value, nodes, level) = pending.popLast() {
            guard level <= Self.deepestLevel else {
                if hidesSecrets {
                    hidden.append(value.bytes.indices)
                }
                continue
            }
            if let object = value.object {
                visit(object, nodes, level)
            }
            for element in value.elements ?? [] where element.kind == .object || element.kind == .array {
                pending.append((element, nodes, level + 1))
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

    /// The names that may follow a name.
    fileprivate struct Node: Sendable {
        var children: [String: Node] = [:]
        var isEnd = false
        /// True where the name may stand inside itself, any number of times.
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
