import PostroomCore

extension Nyuchi {
    /// A project's name, description or settings changed.
    public struct ProjectUpdated: EnvelopedEvent {
        typealias Envelope = NyuchiEnvelope

        /// `project.updated`.
        public static let eventTypes = ["project.updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the project.
        public let projectID: String
        /// What changed; absent where the producer does not say.
        public let changedFields: Field<ChangedFields>
        /// The identity of the user who changed it.
        public let updatedBy: String?

        init(_ envelope: NyuchiEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.projectID = try data.id("project_id")
            self.changedFields = data.field("changed_fields")
            self.updatedBy = data.optionalID("updated_by")
        }
    }

    /// The fields of an object that changed.
    ///
    /// Some producers list their names, others give the new values too.
    public struct ChangedFields: JSONReadable, Hashable, Sendable {
        /// The names, in the producer's order.
        public let names: [String]
        /// The new values by name; empty where the producer lists the names alone.
        public let values: [String: RawJSON]

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
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
