import FoundationEssentials
import PostroomCore

/// A Swift type that a value of an accepted text can become.
protocol JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent)
}

/// A Swift type that is made from the members of an object.
protocol JSONObjectReadable: JSONReadable {
    init(_ json: JSONReader) throws(UndecodableEvent)
}

extension JSONObjectReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let object = value.object else { throw path.misfit("an object", found: value) }
        try self.init(JSONReader(object, path: path.text))
    }
}

/// Where a value stands, for error messages.
///
/// Putting the text together is left until there is an error.
struct JSONPath {
    let parent: String
    let name: String
    var index: Int?

    var text: String {
        let place = parent.isEmpty ? name : "\(parent).\(name)"
        return index.map { "\(place)[\($0)]" } ?? place
    }

    func misfit(_ expectation: String) -> UndecodableEvent {
        UndecodableEvent(path: text, expectation: "expected \(expectation)")
    }

    func misfit(_ expectation: String, found value: JSONValue) -> UndecodableEvent {
        UndecodableEvent(path: text, expectation: "expected \(expectation), found \(value.kind.rawValue)")
    }
}

extension String: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard value.kind == .string else { throw path.misfit("a string", found: value) }
        guard let text = value.string else { throw path.misfit("a string without half surrogates") }
        self = text
    }
}

extension Bool: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let boolean = value.boolean else { throw path.misfit("a boolean", found: value) }
        self = boolean
    }
}

extension Int: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let number = LenientInteger.parse(value) else {
            throw path.misfit("an integer of 64 bits", found: value)
        }
        self = number
    }
}

extension Double: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let text = value.number, let number = Double(text), number.isFinite else {
            throw path.misfit("a number in the range of a double", found: value)
        }
        self = number
    }
}

extension Date: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let date = LenientDate.parse(value) else {
            throw path.misfit("a date like 2026-03-04T10:00:00Z", found: value)
        }
        self = date
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let elements = value.elements else { throw path.misfit("an array", found: value) }
        self = []
        reserveCapacity(elements.count)
        let place = path.text
        for (index, element) in elements.enumerated() {
            append(try Element(element, at: JSONPath(parent: "", name: place, index: index)))
        }
    }
}

/// Integers as senders write them: `1432`, `1432.0`, `1e3`, `"1432"`.
enum LenientInteger {
    static func parse(_ value: JSONValue) -> Int? {
        guard let text = value.identifier else { return value.number.flatMap(Double.init).flatMap(Int.init(exactly:)) }
        return Int(text)
    }
}
