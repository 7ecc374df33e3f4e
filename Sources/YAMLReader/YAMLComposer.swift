/// Makes a tree of the events of a text.
struct YAMLComposer {
    /// No configuration is nested deeper, and the tree is made by recursion.
    private static let deepestLevel = 64

    /// The keys that stand in one mapping more than once, as far as the text was read.
    private(set) var repeatedKeys: [YAMLTree.RepeatedKey] = []
    private var anchors: [String: YAMLNode] = [:]
    private var path: [String] = []
    private var level = 0

    /// Reads the only document of a text.
    ///
    /// - Returns: Its outermost value, or `nil` where there is no document.
    mutating func compose(_ bytes: [UInt8]) throws(YAMLProblem) -> YAMLNode? {
        let events = YAMLEvents(bytes)
        // The start of the text, and that of the document.
        _ = try events.next()
        guard try events.next().kind != .end else { return nil }
        let root = try node(from: try events.next(), events)
        // The end of the document.
        _ = try events.next()
        let last = try events.next()
        guard last.kind == .end else { throw .secondDocument(last.mark) }
        return root
    }

    private mutating func node(from event: YAMLEvent, _ events: YAMLEvents) throws(YAMLProblem) -> YAMLNode {
        guard level < Self.deepestLevel else {
            throw .syntax(message: "nested deeper than \(Self.deepestLevel) levels", mark: event.mark)
        }
        level += 1
        defer { level -= 1 }
        let content: YAMLNode.Content
        switch event.kind {
        case .scalar(let scalar): content = .scalar(scalar)
        case .sequenceStart: content = .sequence(try sequence(events))
        case .mappingStart: content = .mapping(try mapping(events))
        case .alias:
            guard let node = event.anchor.flatMap({ anchors[$0] }) else {
                throw .syntax(message: "found undefined alias", mark: event.mark)
            }
            return node
        case .end, .other: preconditionFailure("libyaml ends what it began")
        }
        let node = YAMLNode(content: content, mark: event.mark)
        if let anchor = event.anchor {
            anchors[anchor] = node
        }
        return node
    }

    private mutating func sequence(_ events: YAMLEvents) throws(YAMLProblem) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try events.next()
            guard event.kind != .end else { return nodes }
            nodes.append(try node(from: event, events))
        }
    }

    private mutating func mapping(_ events: YAMLEvents) throws(YAMLProblem) -> [(key: YAMLNode, value: YAMLNode)] {
        var pairs: [(key: YAMLNode, value: YAMLNode)] = []
        var marks: [String: (first: YAMLMark, last: YAMLMark)] = [:]
        while true {
            let event = try events.next()
            guard event.kind != .end else { break }
            let key = try node(from: event, events)
            let name = key.scalar?.string
            path.append(name ?? "")
            let value = try node(from: try events.next(), events)
            path.removeLast()
            guard let name, let earlier = marks[name] else {
                pairs.append((key, value))
                if let name {
                    marks[name] = (event.mark, event.mark)
                }
                continue
            }
            marks[name] = (earlier.first, event.mark)
        }
        let repeated = marks.filter { $0.value.first != $0.value.last }
        repeatedKeys +=
            repeated.sorted { ($0.value.last.line, $0.value.last.column) < ($1.value.last.line, $1.value.last.column) }
            .map { YAMLTree.RepeatedKey(path: path + [$0.key], first: $0.value.first, last: $0.value.last) }
        return pairs
    }
}
