public import PostroomCore

/// Reads the members of a JSON object into Swift.
///
/// The fields that identify an event's object, and its kind, are read by the functions that throw. Everything else is
/// read by those that don't: a value that does not fit is as good as absent, and noted as an oddity. So no field that a
/// handler may not even look at can keep the event from it. Absent, null and empty stay apart where a ``Field`` is asked
/// for.
///
/// Only what is asked for is looked at: a broken value in a field that nobody reads costs nothing. A name that stands
/// twice is a misfit, because two parsers would take different values for it. Errors carry the JSON path, and nothing of
/// the body.
public struct JSONReader: Sendable {
    private let object: JSONObject
    private let path: String
    private let log: OddityLog?

    /// Reads from an object.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - path: The JSON path of the object.
    ///   - log: Where oddities are noted; `nil` where nobody asks for them.
    init(_ object: JSONObject, path: String, log: OddityLog?) {
        self.object = object
        self.path = path
        self.log = log
    }

    /// Reads from a body, which is checked in full: it is JSON in UTF-8, nested at most 128 deep, and no name stands twice
    /// in its outer object, which has at most 1024 members.
    ///
    /// - Parameter body: The body.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is no such JSON object.
    public init(body: [UInt8]) throws(UndecodableEvent) {
        do throws(JSONFault) {
            self.init(try JSONObject(checking: body), path: "", log: OddityLog())
        } catch {
            throw UndecodableEvent(path: "", expectation: "expected a JSON object: \(error)")
        }
    }

    /// The places that did not fit and were left out so far, those of nested objects included; at most 32.
    public var oddities: [EventOddity] {
        log?.oddities ?? []
    }

    // MARK: - Identity

    /// A field that must be there and not be null.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - type: The Swift type.
    /// - Returns: The value.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit, or is not there.
    public func value<Value: JSONReadable>(_ name: String, as type: Value.Type = Value.self) throws(UndecodableEvent)
        -> Value
    {
        let place = place(name)
        guard let value = try present(name) else { throw place.misfit("a value, found none") }
        return try Value(value, at: place)
    }

    /// An identity that must be there: a string as it is, or an integer's exact digits.
    ///
    /// - Parameter name: The name.
    /// - Returns: The identity.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit, or is not there.
    public func id(_ name: String) throws(UndecodableEvent) -> String {
        try value(name, as: WireIdentifier.self).text
    }

    /// An identity that must be there under one of two names.
    ///
    /// - Parameters:
    ///   - name: The name that counts first.
    ///   - other: The other name.
    /// - Returns: The identity.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit, or is not there.
    public func id(_ name: String, or other: String) throws(UndecodableEvent) -> String {
        if let id = optionalID(name) {
            return id
        }
        return try id(other)
    }

    /// The members of an object that must be there.
    ///
    /// - Parameter name: The name.
    /// - Returns: Their reader, with the same oddities.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit, or is not there.
    public func members(_ name: String) throws(UndecodableEvent) -> JSONReader {
        let place = place(name)
        guard let value = try present(name) else { throw place.misfit("an object, found none") }
        return try place.reader(of: value)
    }

    /// An identity that may be missing or null, but must fit where it is there.
    ///
    /// - Parameter name: The name.
    /// - Returns: The identity, or `nil`.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
    public func identity(_ name: String) throws(UndecodableEvent) -> String? {
        guard let value = try present(name), value.kind != .null else { return nil }
        return try WireIdentifier(value, at: place(name)).text
    }

    // MARK: - Everything else

    /// The members of an object that should be there; none where it is not.
    public func looseMembers(_ name: String) -> JSONReader {
        do throws(UndecodableEvent) {
            return try members(name)
        } catch {
            log?.note(error)
            return JSONReader(.empty, path: place(name).text, log: log)
        }
    }

    /// A value as it came: any JSON, and `null` where there is none.
    public func raw(_ name: String) -> RawJSON {
        found(name).map { RawJSON($0, at: place(name)) } ?? .null
    }

    /// A field that may be missing or null.
    public func optional<Value: JSONReadable>(_ name: String) -> Value? {
        guard let value = found(name), value.kind != .null else { return nil }
        return fitting(value, at: place(name))
    }

    /// A field that the producer always sends, and never as null.
    public func expected<Value: JSONReadable>(_ name: String) -> Value? {
        guard let value = found(name) else {
            if !object.has(name) {
                log?.note(place(name).misfit("a value, found none"))
            }
            return nil
        }
        return fitting(value, at: place(name))
    }

    /// A field that may be missing, and is never null.
    public func unlessNull<Value: JSONReadable>(_ name: String) -> Value? {
        found(name).flatMap { fitting($0, at: place(name)) }
    }

    /// A field for which missing and null mean different things.
    public func field<Value: JSONReadable>(_ name: String) -> Field<Value> {
        guard let value = found(name) else { return .absent }
        guard value.kind != .null else { return .null }
        return fitting(value, at: place(name)).map(Field.value) ?? .absent
    }

    /// A list that is whole or absent, so that nobody takes an element that could not be read for one that is gone.
    ///
    /// Nulls among the elements say nothing and are left out.
    public func list<Value: JSONReadable>(_ name: String) -> Field<[Value]> {
        field(name)
    }

    /// A list whose elements stand for themselves: those that don't fit are left out, and noted.
    public func fittingList<Value: JSONReadable>(_ name: String) -> Field<[Value]> {
        let list: Field<FittingElements<Value>> = field(name)
        return list.map(\.elements)
    }

    /// The names and values of all members but one; null ones are left out, and so are those that don't fit.
    public func members<Value: JSONReadable>(except name: String, as type: Value.Type) -> [(name: String, value: Value)]
    {
        object.entries.compactMap { entry in
            guard entry.name != name, entry.value.kind != .null else { return nil }
            return fitting(entry.value, at: place(entry.name)).map { (entry.name, $0) }
        }
    }

    /// An identity of another object, which may be missing or null.
    public func optionalID(_ name: String) -> String? {
        let identifier: WireIdentifier? = optional(name)
        return identifier?.text
    }

    /// An identity of another object for which missing and null mean different things.
    public func idField(_ name: String) -> Field<String> {
        let identifier: Field<WireIdentifier> = field(name)
        return identifier.map(\.text)
    }

    /// Returns true where the object has a field of that name, be it null.
    public func has(_ name: String) -> Bool {
        object.has(name)
    }

    // MARK: - Looking up

    private func place(_ name: String) -> JSONPath {
        JSONPath(parent: path, name: name, log: log)
    }

    private func present(_ name: String) throws(UndecodableEvent) -> JSONValue? {
        switch object.lookup(name) {
        case .absent: return nil
        case .one(let value): return value
        case .several: throw place(name).ambiguity
        }
    }

    private func found(_ name: String) -> JSONValue? {
        switch object.lookup(name) {
        case .absent: return nil
        case .one(let value): return value
        case .several:
            log?.note(place(name).ambiguity)
            return nil
        }
    }

    private func fitting<Value: JSONReadable>(_ value: JSONValue, at place: JSONPath) -> Value? {
        do throws(UndecodableEvent) {
            return try Value(value, at: place)
        } catch {
            log?.note(error)
            return nil
        }
    }
}

/// An identity as senders write it: a string, or an integer that may be too large for a double.
struct WireIdentifier: JSONReadable {
    let text: String

    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let text = value.identifier else { throw path.misfit("a string or an integer", found: value) }
        self.text = text
    }
}

/// The elements of an array that fit.
private struct FittingElements<Element: JSONReadable & Sendable>: JSONReadable, Sendable {
    let elements: [Element]

    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        guard let values = value.elements else { throw path.misfit("an array", found: value) }
        var elements: [Element] = []
        elements.reserveCapacity(values.count)
        for (index, element) in values.enumerated() {
            do throws(UndecodableEvent) {
                elements.append(try Element(element, at: path.element(index)))
            } catch {
                path.log?.note(error)
            }
        }
        self.elements = elements
    }
}
