import PostroomCore
import Tracing

/// The span of one request, from its last byte to its response, with the span of its commit inside.
final class RequestSpan: Sendable {
    private let traces: Traces
    private let span: any Span

    /// Begins with a request that is complete; `nil` where nobody traces.
    init?(_ traces: Traces?, _ request: IncomingRequest) {
        guard let traces else { return nil }
        let endpoint = request.endpoint.endpoint
        self.traces = traces
        self.span = traces.tracer.startSpan(
            "receive \(endpoint.name)",
            context: traces.context(of: request.head.headers),
            ofKind: .server
        )
        span.attributes["http.request.method"] = "POST"
        span.attributes["http.request.body.size"] = request.body.bytes.count
        span.attributes["postroom.endpoint"] = endpoint.name.rawValue
        span.attributes["postroom.source"] = endpoint.source.rawValue
    }

    /// Begins the span of its commit, which waits for company.
    func commit() -> any Span {
        traces.tracer.startSpan("commit", context: span.context, ofKind: .client)
    }

    /// Ends with a response.
    func ended(with response: Response) {
        span.attributes["http.response.status_code"] = response.statusCode
        if case .stored(let receipt) = response {
            span.attributes["postroom.delivery"] = receipt.id.description
            span.attributes["postroom.duplicate"] = receipt.isDuplicate
        }
        if response.statusCode >= 500 {
            span.setStatus(SpanStatus(code: .error))
        }
        span.end()
    }
}
