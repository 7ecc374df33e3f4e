import FoundationEssentials

/// Any JSON, to look into what programs print and log.
package enum JSONValue: Decodable, Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a text.
    ///
    /// - Throws: `DecodingError` where it is not JSON.
    package init(text: some StringProtocol) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The member of an object.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number.
    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The number.
    package var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The whole number.
    package var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    /// The elements.
    package var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The names of an object's members.
    package var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.keys.sorted()
    }
}
