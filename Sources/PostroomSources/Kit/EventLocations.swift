import FoundationEssentials
package import PostroomCore

/// A place of a request where a value stands.
public enum ValueLocation: Hashable, Sendable {
    /// A header field that is there once.
    case header(String)
    /// A member of the JSON body, by its path, for example `data.object.id` or `entry[0].changes[0].field`.
    case json(String)
    /// A member of the JSON body's outer object, by its whole name.
    case member(String)
    /// A field of a form.
    case form(String)
    /// A member of the JSON that stands in a field of a form.
    case jsonInForm(field: String, path: String)
    /// A fixed text.
    case literal(String)
}

/// The places of what a source's rules need, as data.
public struct EventLocations: Hashable, Sendable {
    /// The places of the event type, of which the first that is there counts.
    ///
    /// Each is made of parts that are joined by points; the first that is no fixed text must be there, those after it are
    /// left out where they are not.
    public var eventType: [[ValueLocation]]
    /// The places of the idempotency key, made like those of the event type, but joined by `:` and with every part there.
    ///
    /// Where none is there, the body's digest is the key.
    public var idempotencyKey: [[ValueLocation]]
    /// The paths of what changes in a body from one attempt of its producer to the next, for example `attemptNumber`.
    ///
    /// The digest that is a key is made without their values. Paths are written as in
    /// ``SourceDefinition/sensitivePaths``.
    public var unstablePaths: [String]
    /// The kind and the id of the object that events are about, of which the first pair that is there counts.
    public var orderingKey: [[ValueLocation]]
    /// The places of the time of the event.
    public var time: [ValueLocation]

    /// Names the places.
    public init(
        eventType: [[ValueLocation]],
        idempotencyKey: [[ValueLocation]] = [],
        unstablePaths: [String] = [],
        orderingKey: [[ValueLocation]] = [],
        time: [ValueLocation] = []
    ) {
        self.eventType = eventType
        self.idempotencyKey = idempotencyKey
        self.unstablePaths = unstablePaths
        self.orderingKey = orderingKey
        self.time = time
    }

    /// True where the body may be an array.
    var allowsArray: Bool {
        (eventType + idempotencyKey + orderingKey + [time]).joined()
            .contains { location in
                if case .json(let path) = location {
                    return path.utf8.first == UInt8(ascii: "[")
                }
                return false
            }
    }
}

/// Reads values of a request; the body is read once, and only where a value stands in it.
struct ValueReader {
    private enum Reading {
        case unread
        case failed(JSONFault)
        case document(JSONDocument)
    }

    private let headers: Headers
    private let body: [UInt8]
    private let allowsArray: Bool
    private var reading = Reading.unread
    private var form: FormFields?

    init(headers: Headers, body: [UInt8], allowsArray: Bool) {
        self.headers = headers
        self.body = body
        self.allowsArray = allowsArray
    }

    /// The first text of alternatives whose first part (or all of whose parts) are there.
    mutating func text(
        _ alternatives: [[ValueLocation]],
        joinedBy separator: String,
        needsAll: Bool,
        _ isUsable: (String?) -> Bool
    ) -> String? {
        for parts in alternatives {
            if parts.count == 1 {
                let text = text(parts[0], asIdentity: needsAll)
                guard let text, isUsable(text) || parts[0].isInBody else { continue }
                return text
            }
            var texts: [String] = []
            var hasValue = false
            for part in parts {
                if let text = text(part, asIdentity: needsAll) {
                    texts.append(text)
                    hasValue = hasValue || !part.isLiteral
                } else if needsAll || !hasValue {
                    texts = []
                    break
                }
            }
            guard !texts.isEmpty else { continue }
            let text = texts.joined(separator: separator)
            // What stands in the body is looked for in no other place, even where it can't be used.
            if isUsable(text) || parts.contains(where: \.isInBody) {
                return text
            }
        }
        return nil
    }

    /// The text of a place: of a type a string, of an identity an integer's digits too.
    private mutating func text(_ location: ValueLocation, asIdentity: Bool) -> String? {
        switch location {
        case .literal(let text): return text
        case .header(let name): return headers.only(name).flatMap { $0.isEmpty ? nil : $0 }
        case .json, .member, .jsonInForm:
            guard let value = value(location) else { return nil }
            return asIdentity ? value.identifier : value.string
        case .form(let name): return formFields()?.only(name).flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// The time of a place: a date, or seconds or milliseconds since 1970 as a number or its digits.
    mutating func time(_ locations: [ValueLocation]) -> Date? {
        for location in locations {
            if let value = value(location), let date = LenientDate.parse(value) ?? LenientDate.parseUnix(value) {
                return date
            }
            if case .header(let name) = location, let date = headers.only(name).flatMap(LenientDate.parse) {
                return date
            }
        }
        return nil
    }

    private mutating func value(_ location: ValueLocation) -> JSONValue? {
        switch location {
        case .member(let name):
            guard case .object(let object)? = document() else { return nil }
            return object[name]
        case .json(let path): return document().flatMap { JSONLookup(path).value(in: $0) }
        case .jsonInForm(let field, let path):
            guard let text = formFields()?.only(field), let object = try? JSONObject(checking: Array(text.utf8)) else {
                return nil
            }
            return JSONLookup(path).value(in: .object(object))
        case .header, .form, .literal: return nil
        }
    }

    private mutating func document() -> JSONDocument? {
        if case .unread = reading {
            do throws(JSONFault) {
                reading = .document(try JSONDocument(checking: body, allowsArray: allowsArray))
            } catch {
                reading = .failed(error)
            }
        }
        if case .document(let document) = reading {
            return document
        }
        return nil
    }

    private mutating func formFields() -> FormFields? {
        if form == nil {
            form = FormFields(headers, body)
        }
        return form
    }
}

extension ValueLocation {
    /// Reads the identity that stands here in a delivery: a text, or the digits of a whole number; `nil` where there is none.
    package func identity(in delivery: Delivery) -> String? {
        var reader = ValueReader(headers: delivery.headers, body: delivery.body, allowsArray: true)
        let text = reader.text([[self]], joinedBy: "", needsAll: true) { $0?.isEmpty == false }
        return text?.isEmpty == false ? text : nil
    }

    /// True where it is a fixed text.
    var isLiteral: Bool {
        if case .literal = self {
            return true
        }
        return false
    }

    /// True where it stands in the body.
    var isInBody: Bool {
        switch self {
        case .json, .member, .form, .jsonInForm: true
        case .header, .literal: false
        }
    }

    /// The names that lead to it in an outer object, or `nil` where it stands elsewhere or in an array.
    var names: [String]? {
        switch self {
        case .json(let path): JSONLookup(path).names
        case .member(let name): [name]
        case .header, .form, .jsonInForm, .literal: nil
        }
    }
}
