import PostroomCore

extension Dynamic {
    /// The execution of a flow went on.
    public struct FlowExecutionUpdated: DynamicFlowEvent {
        /// `flow.execution.updated`.
        public static let eventTypes = ["flow.execution.updated"]

        /// What the event says beside its data.
        public let notice: Notice
        /// Which flow, and what became of it.
        public let transition: FlowTransition
    }

    /// The settlement of a flow went on.
    public struct FlowSettlementUpdated: DynamicFlowEvent {
        /// `flow.settlement.updated`.
        public static let eventTypes = ["flow.settlement.updated"]

        /// What the event says beside its data.
        public let notice: Notice
        /// Which flow, and what became of it.
        public let transition: FlowTransition
    }

    /// The assessment of a flow's risk changed.
    public struct FlowRiskUpdated: DynamicFlowEvent {
        /// `flow.risk.updated`.
        public static let eventTypes = ["flow.risk.updated"]

        /// What the event says beside its data.
        public let notice: Notice
        /// Which flow, and what became of it.
        public let transition: FlowTransition
    }
}
