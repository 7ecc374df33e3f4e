public import PostroomCore

extension Dynamic {
    /// A step of a flow from one state to another.
    public struct FlowTransition: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the flow.
        public let flowID: String?
        /// The state of the flow that changed: `execution`, `settlement` or `risk`.
        public let axis: String?
        /// The state before, in Dynamic's words; `nil` at the first.
        public let previousState: String?
        /// The state now, in Dynamic's words.
        public let newState: String?
        /// The further data of the step.
        public let additionalData: FlowDetails?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.flowID = try json.identity("flowId")
            self.axis = json.optional("axis")
            self.previousState = json.optional("previousState")
            self.newState = json.optional("newState")
            self.additionalData = json.optional("additionalData")
        }
    }

    /// The further data of a step of a flow.
    public struct FlowDetails: JSONReadable, Hashable, Sendable {
        /// The risk of the flow, as a number of Dynamic's; only with ``FlowRiskUpdated``.
        public let score: Double?
        /// The whole data.
        public let json: RawJSON

        /// Reads it from a value.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) {
            self.score = value.object.flatMap { JSONReader($0, path: path.text, log: path.log).optional("score") }
            self.json = RawJSON(value, at: path)
        }
    }
}
