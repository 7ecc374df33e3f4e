public import PostroomCore

/// A word from a list that the producer may lengthen at any time.
///
/// A word that this version does not know is kept as it came, so that no new word can make an event undecodable.
public protocol OpenEnum: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == String {
    /// Takes any word, known or not.
    init(rawValue: String)
}

extension OpenEnum {
    /// The word.
    public var description: String {
        rawValue
    }
}

extension JSONReadable where Self: OpenEnum {
    /// Reads it from a string.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it is none.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        self.init(rawValue: try String(value, at: path))
    }
}
