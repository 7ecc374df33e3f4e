import FoundationEssentials
import Synchronization

/// What all connections of a receiver share.
final class Intake: Sendable {
    let configuration: ReceiverConfiguration
    let patience: Patience
    let endpoints: EndpointTable
    let committer: GroupCommitter<Waiter>
    let budget: IntakeBudget
    let metrics: ReceiverMetrics
    let refusals: RefusalLog
    let unreadable: UnreadableReport
    let gate: ConnectionGate
    let relief = Relief()
    let now: @Sendable () -> Date

    init(
        configuration: ReceiverConfiguration,
        endpoints: EndpointTable,
        committer: GroupCommitter<Waiter>,
        budget: IntakeBudget,
        metrics: ReceiverMetrics,
        refusals: RefusalLog,
        unreadable: UnreadableReport,
        gate: ConnectionGate,
        now: @escaping @Sendable () -> Date
    ) {
        self.configuration = configuration
        self.patience = Patience(configuration.timeouts)
        self.endpoints = endpoints
        self.committer = committer
        self.budget = budget
        self.metrics = metrics
        self.refusals = refusals
        self.unreadable = unreadable
        self.gate = gate
        self.now = now
    }
}
