public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// A row of the table `logs`.
    ///
    /// Only the identity is promised.
    public struct LogLine: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the row.
        public let id: String
        /// The identity of the organization.
        public let organizationID: String?
        /// The organization's address that it concerns, null where it concerns none.
        public let organizationAddress: Field<String>
        /// The severity.
        public let level: LogLevel?
        /// The category, in the producer's words.
        public let category: String?
        /// The messaging service that it concerns, null where it concerns none.
        public let service: Field<Service>
        /// The line.
        public let message: String?
        /// The further data of the line.
        public let metadata: Field<RawJSON>
        /// The time at which it was written.
        public let createdAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.organizationID = json.optionalID("organization_id")
            self.organizationAddress = json.idField("organization_address")
            self.level = json.optional("level")
            self.category = json.optional("category")
            self.service = json.field("service")
            self.message = json.optional("message")
            self.metadata = json.field("metadata")
            self.createdAt = json.optional("created_at")
        }
    }

    /// The severity of a line of the log.
    public struct LogLevel: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Nothing is wrong.
        public static let info = LogLevel(rawValue: "info")
        /// Something may be wrong.
        public static let warning = LogLevel(rawValue: "warning")
        /// Something is wrong.
        public static let error = LogLevel(rawValue: "error")
    }
}
