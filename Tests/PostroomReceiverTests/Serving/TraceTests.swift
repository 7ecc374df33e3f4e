import InMemoryTracing
import PostroomCore
import Testing
import Tracing

@testable import PostroomReceiver

@Suite("The traces of requests", .timeLimit(.minutes(3)))
struct TraceTests {
    /// A request with its answer, and the spans that it leaves.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: Int
        let spans: [String]
    }

    private static let sender = ["\(InMemoryTracer.traceIDKey): sender", "\(InMemoryTracer.spanIDKey): span"]

    @Test(
        "a request belongs to its sender's trace, and its commit is a part of it",
        arguments: [
            Case(
                testDescription: "accepted",
                request: Requests.post("/hooks/open", sender),
                status: 200,
                spans: ["commit", "receive open"]
            ),
            Case(
                testDescription: "forged",
                request: Requests.post("/hooks/open", sender + ["Forged: yes"]),
                status: 401,
                spans: ["receive open"]
            ),
            Case(testDescription: "to nobody", request: Requests.post("/hooks/none", sender), status: 404, spans: []),
        ]
    )
    func request(of example: Case) async throws {
        let tracer = InMemoryTracer()
        try await RunningReceiver.with(traces: Traces(tracer)) { receiver in
            let client = try await receiver.connect()
            try await client.send(example.request)
            #expect(try await client.response().status == example.status)
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == example.spans)
        #expect(spans.allSatisfy { $0.traceID == "sender" } && tracer.activeSpans.isEmpty)
        guard let request = spans.last else { return }
        #expect(request.parentSpanID == "span" && request.kind == .server)
        #expect(request.attributes["http.response.status_code"]?.toSpanAttribute() == .int64(Int64(example.status)))
        #expect(spans.dropLast().allSatisfy { $0.parentSpanID == request.spanID })
    }
}
