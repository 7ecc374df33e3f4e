public import PostroomCore

extension Nyuchi {
    /// The role of a user in a workspace.
    public struct Role: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Works in it.
        public static let member = Role(rawValue: "member")
        /// Manages it.
        public static let admin = Role(rawValue: "admin")
    }

    /// The fields of an object that changed.
    ///
    /// Some producers list their names, others give the new values too.
    public struct ChangedFields: JSONReadable, Hashable, Sendable {
        /// The names, in the producer's order.
        public let names: [String]
        /// The new values by name; empty where the producer lists the names alone.
        public let values: [String: RawJSON]

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            guard let object = value.object else {
                self.names = try [String](value, at: path)
                self.values = [:]
                return
            }
            let entries = object.entries
            self.names = entries.map(\.name)
            self.values = Dictionary(
                entries.map { ($0.name, RawJSON($0.value, at: path.member($0.name))) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }
}
