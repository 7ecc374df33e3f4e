/// A path through objects and arrays, for example `entry[0].changes[0].field`; the path of an outer array begins with `[`.
struct JSONLookup: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    /// The path as it is written.
    let text: String
    let steps: [Step]

    /// Takes a path; an index that is no number counts as a name.
    init(_ text: String) {
        self.text = text
        var steps: [Step] = []
        for name in text.split(separator: ".") {
            var rest = name[...]
            var indices: [Int] = []
            while rest.last == "]", let start = rest.lastIndex(of: "["),
                let index = Int(rest[rest.index(after: start)...].dropLast()), index >= 0
            {
                indices.insert(index, at: 0)
                rest = rest[..<start]
            }
            if !rest.isEmpty {
                steps.append(.member(String(rest)))
            }
            steps += indices.map(Step.element)
        }
        self.steps = steps
    }

    /// Takes one name of the outer object, with whatever marks are in it.
    init(member name: String) {
        self.text = name
        self.steps = [.member(name)]
    }

    /// The names of the path, or `nil` where it leads through an array.
    var names: [String]? {
        var names: [String] = []
        for step in steps {
            guard case .member(let name) = step else { return nil }
            names.append(name)
        }
        return names
    }

    /// True where the body has to be an array.
    var beginsInArray: Bool {
        if case .element? = steps.first {
            return true
        }
        return false
    }

    /// The value at the path, or `nil` where there is none or a name on the way stands twice.
    func value(in document: JSONDocument) -> JSONValue? {
        var rest = steps[...]
        var value: JSONValue?
        switch (document, rest.first) {
        case (.object(let object), .member(let name)?): value = object[name]
        case (.array(let elements), .element(let index)?) where index < elements.count: value = elements[index]
        default: return nil
        }
        rest.removeFirst()
        while let step = rest.popFirst(), let current = value {
            switch step {
            case .member(let name): value = current.object?[name]
            case .element(let index):
                let elements = current.elements ?? []
                value = index < elements.count ? elements[index] : nil
            }
        }
        return value
    }
}

/// A body of JSON whose outer value is an object, or an array of the producers that send several events at once.
enum JSONDocument {
    case object(JSONObject)
    case array([JSONValue])

    /// Reads a body.
    ///
    /// - Throws: ``JSONFault`` where the body is not the JSON that it should be.
    init(checking body: [UInt8], allowsArray: Bool, limits: JSONLimits = .envelope) throws(JSONFault) {
        guard allowsArray, body.first(where: { !JSONDocument.isBlank($0) }) == UInt8(ascii: "[") else {
            self = .object(try JSONObject(checking: body, limits: limits))
            return
        }
        // As the only member of an object it is checked as strictly as every other body.
        let wrapped = try JSONObject(checking: Array(Self.opening.utf8) + body + Array("}".utf8), limits: limits)
        guard wrapped.entries.count == 1, let elements = wrapped[""]?.elements else {
            throw JSONFault(kind: .trailingBytes, offset: body.count)
        }
        self = .array(elements)
    }

    /// The text that is put before an array; the places of its elements are later by its length.
    static let opening = #"{"":"#

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x9...0xD).contains(byte)
    }
}
