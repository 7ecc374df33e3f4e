import FoundationEssentials
import PostroomCore

/// The parts of a receiver that all its connections share.
final class ReceiverContext: Sendable {
    let configuration: ReceiverConfiguration
    let timeouts: ReadTimeouts
    let endpoints: EndpointTable
    let committer: CommitRoutes
    let budget: IntakeBudget
    let metrics: ReceiverMetrics
    let refusals: RefusalLog
    let unreadable: UnreadableReport
    let notes: IntakeNotes
    let connectionLimit: ConnectionLimit
    let traces: Traces?
    let relief = Relief()
    let now: @Sendable () -> Date

    init(
        configuration: ReceiverConfiguration,
        endpoints: EndpointTable,
        committer: CommitRoutes,
        budget: IntakeBudget,
        metrics: ReceiverMetrics,
        refusals: RefusalLog,
        unreadable: UnreadableReport,
        notes: IntakeNotes,
        connectionLimit: ConnectionLimit,
        traces: Traces?,
        now: @escaping @Sendable () -> Date
    ) {
        self.configuration = configuration
        self.timeouts = ReadTimeouts(configuration.timeouts)
        self.endpoints = endpoints
        self.committer = committer
        self.budget = budget
        self.metrics = metrics
        self.refusals = refusals
        self.unreadable = unreadable
        self.notes = notes
        self.connectionLimit = connectionLimit
        self.traces = traces
        self.now = now
    }
}
