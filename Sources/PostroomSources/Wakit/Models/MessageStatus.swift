public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// The status of a message so far: for each step the time at which it was reached.
    ///
    /// Updates bring the steps in any order, and a later step may come without the ones before it.
    public struct MessageStatus: JSONReadable, Hashable, Sendable {
        /// The time of each step, by its name on the wire.
        public let steps: [Step: Date]
        /// The errors that the messaging service reported.
        public let errors: Field<[ServiceError]>
        /// The status as it came.
        public let json: RawJSON

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            let json = try path.reader(of: value)
            var steps: [Step: Date] = [:]
            for (name, date) in json.members(except: "errors", as: Date.self) {
                steps[Step(rawValue: name)] = date
            }
            self.steps = steps
            self.errors = json.fittingList("errors")
            self.json = RawJSON(value, at: path)
        }
    }

    /// The status of a message after any number of updates, which come in any order and may be old.
    public struct Progress: Hashable, Sendable {
        /// The time of each step: the latest of those that updates gave for it.
        public private(set) var steps: [Step: Date]

        /// Starts with what is known, or with nothing.
        public init(steps: [Step: Date] = [:]) {
            self.steps = steps
        }

        /// Takes in what an update says.
        ///
        /// The result does not depend on the order of updates, and no step is ever lost.
        public mutating func merge(_ status: MessageStatus) {
            steps.merge(status.steps) { known, said in max(known, said) }
        }

        /// The furthest step of delivery that was reached, from pending to read; `nil` where there is none.
        ///
        /// A message that was read counts as delivered, whatever update comes after.
        public var furthest: Step? {
            [.read, .delivered, .sent, .accepted, .pending].first { steps[$0] != nil }
        }
    }

    /// An error that a messaging service reported of a message.
    ///
    /// Old rows have a sentence alone.
    public struct ServiceError: JSONReadable, Hashable, Sendable {
        /// The service's number for it.
        public let code: Int?
        /// A title.
        public let title: String?
        /// A sentence.
        public let message: String?
        /// The address at which the service explains it.
        public let href: String?
        /// The further data of the error, mostly as `details`.
        public let data: RawJSON?

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            guard value.kind != .string else {
                self.message = try String(value, at: path)
                self.code = nil
                self.title = nil
                self.href = nil
                self.data = nil
                return
            }
            let json = try path.reader(of: value)
            self.code = json.optional("code")
            self.title = json.optional("title")
            self.message = json.optional("message")
            self.href = json.optional("href")
            self.data = json.optional("error_data")
        }
    }

    /// A step in a message's life.
    public struct Step: OpenEnum {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Stored, not yet sent.
        public static let pending = Step(rawValue: "pending")
        /// Kept back by the service to be looked at.
        public static let heldForQualityAssessment = Step(rawValue: "held_for_quality_assessment")
        /// Taken by the service.
        public static let accepted = Step(rawValue: "accepted")
        /// Sent.
        public static let sent = Step(rawValue: "sent")
        /// On the contact's device.
        public static let delivered = Step(rawValue: "delivered")
        /// Seen by the contact.
        public static let read = Step(rawValue: "read")
        /// Being answered.
        public static let typing = Step(rawValue: "typing")
        /// Changed by its writer.
        public static let edited = Step(rawValue: "edited")
        /// Taken back by its writer.
        public static let deleted = Step(rawValue: "deleted")
        /// Given up.
        public static let failed = Step(rawValue: "failed")
        /// Being prepared for the agent.
        public static let preprocessing = Step(rawValue: "preprocessing")
        /// Prepared for the agent.
        public static let preprocessed = Step(rawValue: "preprocessed")
    }
}
