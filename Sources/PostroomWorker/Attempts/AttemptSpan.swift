import PostroomCore
import Tracing

/// The span of an attempt.
///
/// The first attempt belongs to the sender's trace. Later ones, which may run days after, have a trace of their own that is
/// linked with it.
struct AttemptSpan {
    private let traces: Traces
    private let context: HandlerContext

    init(_ traces: Traces, _ context: HandlerContext) {
        self.traces = traces
        self.context = context
    }

    /// Runs an attempt inside its span, which records the error and whether it came to the end.
    func run(_ body: () async throws -> Void) async throws {
        let sender = traces.context(of: context.delivery.headers)
        let parent = context.attempt == 1 ? sender : .topLevel
        try await traces.tracer.withSpan("handle \(context.handler)", context: parent, ofKind: .consumer) { span in
            if context.attempt > 1 {
                span.addLink(SpanLink(context: sender, attributes: [:]))
            }
            span.attributes["postroom.handler"] = context.handler.rawValue
            span.attributes["postroom.delivery"] = context.deliveryID.description
            span.attributes["postroom.endpoint"] = context.delivery.endpoint.rawValue
            span.attributes["postroom.source"] = context.delivery.source.rawValue
            span.attributes["postroom.event_type"] = context.delivery.eventType ?? ""
            span.attributes["postroom.attempt"] = context.attempt
            try await body()
        }
    }
}
