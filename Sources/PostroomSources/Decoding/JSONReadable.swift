public import FoundationEssentials
public import PostroomCore

/// A Swift type that a JSON value can become.
///
/// Strings, numbers, booleans, dates, arrays, ``RawJSON`` and every ``OpenEnum`` are; a type of one's own mostly conforms to
/// ``JSONObjectReadable``.
public protocol JSONReadable {
    /// Reads it from a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - path: The place of the value, for errors.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent)
}

/// A Swift type that is made from the members of a JSON object.
public protocol JSONObjectReadable: JSONReadable {
    /// Reads it from the members of an object.
    ///
    /// - Parameter json: The members.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where what identifies it does not fit.
    init(_ json: JSONReader) throws(UndecodableEvent)
}

extension JSONObjectReadable {
    /// Reads it from an object.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        try self.init(path.reader(of: value))
    }
}

/// The place of a value, for error messages, where oddities around it are noted.
///
/// Putting the text together is left until there is something to say.
public struct JSONPath: Sendable {
    let parent: String
    let name: String
    var index: Int?
    let log: OddityLog?

    init(parent: String, name: String, index: Int? = nil, log: OddityLog?) {
        self.parent = parent
        self.name = name
        self.index = index
        self.log = log
    }

    /// The place as a text, for example `data.lines[0].id`.
    public var text: String {
        let place = parent.isEmpty ? name : "\(parent).\(name)"
        return index.map { "\(place)[\($0)]" } ?? place
    }

    /// The place of an element of the array that stands here.
    public func element(_ index: Int) -> JSONPath {
        guard self.index == nil else { return JSONPath(parent: "", name: text, index: index, log: log) }
        return JSONPath(parent: parent, name: name, index: index, log: log)
    }

    /// The place of a member of the object that stands here.
    public func member(_ name: String) -> JSONPath {
        JSONPath(parent: text, name: name, log: log)
    }

    /// Reads the members of the value that stands here.
    ///
    /// - Parameter value: The value.
    /// - Returns: Their reader.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is no object.
    public func reader(of value: JSONValue) throws(UndecodableEvent) -> JSONReader {
        guard let object = value.object else { throw misfit("an object", found: value) }
        return JSONReader(object, path: text, log: log)
    }

    func misfit(_ expectation: String) -> UndecodableEvent {
        UndecodableEvent(path: text, expectation: "expected \(expectation)")
    }

    /// The error of a value that does not fit.
    ///
    /// - Parameters:
    ///   - expectation: The value that should stand there, for example `a currency`.
    ///   - value: The value that stands there, of which only the kind is told.
    /// - Returns: The error.
    public func misfit(_ expectation: String, found value: JSONValue) -> UndecodableEvent {
        UndecodableEvent(path: text, expectation: "expected \(expectation), found \(value.kind.rawValue)")
    }

    /// A name that stands twice.
    var ambiguity: UndecodableEvent {
        misfit("one field of that name, found several")
    }
}

extension String: JSONReadable {
    /// Reads it from a string.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard value.kind == .string else { throw path.misfit("a string", found: value) }
        guard let text = value.string else { throw path.misfit("a string without half surrogates") }
        self = text
    }
}

extension Bool: JSONReadable {
    /// Reads it from a boolean.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let boolean = value.boolean else { throw path.misfit("a boolean", found: value) }
        self = boolean
    }
}

extension Int: JSONReadable {
    /// Reads it from an integer, which may be written as a text or with a point or an exponent.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let number = LenientInteger.parse(value) else {
            throw path.misfit("an integer of 64 bits", found: value)
        }
        self = number
    }
}

extension Double: JSONReadable {
    /// Reads it from a finite number.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let text = value.number, let number = Double(text), number.isFinite else {
            throw path.misfit("a number in the range of a double", found: value)
        }
        self = number
    }
}

extension Date: JSONReadable {
    /// Reads it from a text as RFC 3339 has it.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let date = LenientDate.parse(value) else {
            throw path.misfit("a date like 2026-03-04T10:00:00Z", found: value)
        }
        self = date
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    /// Reads every element, and leaves out nulls where an element can't be one.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is no array, or an element does not fit.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let elements = value.elements else { throw path.misfit("an array", found: value) }
        self = []
        reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do throws(UndecodableEvent) {
                append(try Element(element, at: path.element(index)))
            } catch {
                guard element.kind == .null else { throw error }
                path.log?.note(error)
            }
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

/// An amount as senders write it: a string, or a number that may be too large for any Swift type.
struct WireDecimal: JSONReadable {
    let text: String

    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let text = value.string ?? value.number else { throw path.misfit("a string or a number", found: value) }
        self.text = text
    }
}

extension Sensitive: JSONReadable where Value: JSONReadable {
    /// Reads the value that it hides.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where that does not fit.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        self.init(try Value(value, at: path))
    }
}
