import PostroomCore

/// Reads the members of an object into Swift, and says where one does not fit.
///
/// Only what is asked for is looked at: a broken value in a field that nobody reads costs nothing. A name that stands
/// twice is a misfit, because two parsers would take different values for it.
struct JSONReader {
    private let object: JSONObject
    private let path: String

    init(_ object: JSONObject, path: String) {
        self.object = object
        self.path = path
    }

    /// A field that must be there and not be null.
    func value<Value: JSONReadable>(_ name: String, as type: Value.Type = Value.self) throws(UndecodableEvent) -> Value
    {
        let place = JSONPath(parent: path, name: name)
        guard let value = try present(name) else { throw place.misfit("a value, found none") }
        return try Value(value, at: place)
    }

    /// A field that may be missing or null.
    func optional<Value: JSONReadable>(_ name: String) throws(UndecodableEvent) -> Value? {
        guard let value = try present(name), value.kind != .null else { return nil }
        return try Value(value, at: JSONPath(parent: path, name: name))
    }

    /// A field for which missing and null mean different things.
    func field<Value: JSONReadable>(_ name: String) throws(UndecodableEvent) -> Field<Value> {
        guard let value = try present(name) else { return .absent }
        guard value.kind != .null else { return .null }
        return .value(try Value(value, at: JSONPath(parent: path, name: name)))
    }

    /// An array that may be missing or null, which count as empty.
    func list<Value: JSONReadable>(_ name: String) throws(UndecodableEvent) -> [Value] {
        try optional(name) ?? []
    }

    /// An identity that must be there: a string as it is, or an integer's exact digits.
    func id(_ name: String) throws(UndecodableEvent) -> String {
        try value(name, as: WireIdentifier.self).text
    }

    /// An identity that must be there under one of two names.
    func id(_ name: String, or other: String) throws(UndecodableEvent) -> String {
        if let id = try optionalID(name) {
            return id
        }
        return try id(other)
    }

    /// An identity that may be missing or null.
    func optionalID(_ name: String) throws(UndecodableEvent) -> String? {
        let identifier: WireIdentifier? = try optional(name)
        return identifier?.text
    }

    /// An identity for which missing and null mean different things.
    func idField(_ name: String) throws(UndecodableEvent) -> Field<String> {
        let identifier: Field<WireIdentifier> = try field(name)
        return switch identifier {
        case .absent: .absent
        case .null: .null
        case .value(let identifier): .value(identifier.text)
        }
    }

    /// The names and values of an object that may be missing or null.
    func entries(_ name: String) throws(UndecodableEvent) -> [(name: String, value: JSONValue, path: JSONPath)] {
        let place = JSONPath(parent: path, name: name)
        guard let value = try present(name), value.kind != .null else { return [] }
        guard let object = value.object else { throw place.misfit("an object", found: value) }
        let parent = place.text
        return object.entries.map { ($0.name, $0.value, JSONPath(parent: parent, name: $0.name)) }
    }

    /// Whether the object has a field of that name, be it null.
    func has(_ name: String) -> Bool {
        object.has(name)
    }

    private func present(_ name: String) throws(UndecodableEvent) -> JSONValue? {
        switch object.lookup(name) {
        case .absent: return nil
        case .one(let value): return value
        case .several: throw JSONPath(parent: path, name: name).misfit("one field of that name, found several")
        }
    }
}

/// An identity as senders write it: a string, or an integer that may be too large for a double.
struct WireIdentifier: JSONReadable {
    let text: String

    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let text = value.identifier else { throw path.misfit("a string or an integer", found: value) }
        self.text = text
    }
}
