public import FoundationEssentials
import PostroomCore

/// A piece of a body that the producer leaves to its customers: metadata, tool output, free-form answers.
///
/// It is kept as the bytes that came, so nothing in it can make the event undecodable. Its description does not show
/// them.
public struct RawJSON: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The bytes as received: one JSON value in UTF-8.
    ///
    /// Numbers may be larger than any Swift type, escaped surrogates may lack a partner, and names may stand twice.
    public let bytes: ArraySlice<UInt8>
    private let path: String

    /// Decodes the value.
    ///
    /// - Parameters:
    ///   - type: The type to decode it into.
    ///   - decoder: The decoder; keys and dates are left as they are unless said.
    /// - Returns: The decoded value.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit, so that a handler that lets it pass makes a
    ///   dead letter at once. It names the place, never a value.
    public func decode<Value: Decodable>(
        as type: Value.Type = Value.self,
        using decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw UndecodableEvent(error, under: path)
        }
    }

    /// Its length.
    public var description: String {
        "(\(bytes.count) bytes of JSON)"
    }

    /// Its length.
    public var debugDescription: String {
        description
    }

    /// Nothing.
    public var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

extension RawJSON: JSONReadable {
    /// The value `null`.
    static let null = RawJSON(bytes: Array("null".utf8)[...], path: "")

    /// Takes a value as it came.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) {
        self.bytes = value.bytes
        self.path = path.text
    }
}

extension UndecodableEvent {
    /// Names the place and the expectation of a decoding error, and drops its texts, which may quote values.
    init(_ error: DecodingError, under path: String) {
        let context: DecodingError.Context
        let expectation: String
        switch error {
        case .typeMismatch(let type, let found): (context, expectation) = (found, "expected \(type)")
        case .valueNotFound(let type, let found): (context, expectation) = (found, "expected \(type), found null")
        case .keyNotFound(let key, let found):
            context = DecodingError.Context(codingPath: found.codingPath + [key], debugDescription: "")
            expectation = "expected a value, found none"
        case .dataCorrupted(let found): (context, expectation) = (found, "expected a well-formed value")
        @unknown default:
            context = DecodingError.Context(codingPath: [], debugDescription: "")
            expectation = "expected another value"
        }
        let place = context.codingPath.reduce(path) { place, key in
            key.intValue.map { "\(place)[\($0)]" } ?? (place.isEmpty ? key.stringValue : "\(place).\(key.stringValue)")
        }
        self.init(path: place, expectation: expectation)
    }
}
