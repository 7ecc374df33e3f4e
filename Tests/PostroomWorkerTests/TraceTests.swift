import InMemoryTracing
import PostroomCore
import TestSupport
import Testing
import Tracing

@Suite("The traces of attempts")
struct TraceTests {
    @Test("the first attempt belongs to the sender's trace, a later one has its own that is linked with it")
    func attempts() async throws {
        let tracer = InMemoryTracer()
        let seen = Journal()
        let rig = Rig(traces: Traces(tracer)) { handlers in
            handlers.on(.everything, named: "mail", retry: .constant(maximumAttempts: 3, delay: .seconds(1))) {
                _,
                context in
                seen.note(context)
                #expect(ServiceContext.current?.inMemorySpanContext != nil)
                if context.attempt == 1 {
                    throw Refused(description: "connection refused")
                }
            }
        }
        let headers = Headers([
            (InMemoryTracer.traceIDKey, "sender-trace"), (InMemoryTracer.spanIDKey, "sender-span"),
        ])
        try await rig.run { rig in
            try await rig.post(["a"], headers: headers)
            try await rig.untilDone(advancing: .milliseconds(200))
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["handle mail", "handle mail"])
        #expect(spans.first?.traceID == "sender-trace" && spans.first?.parentSpanID == "sender-span")
        #expect(spans.first?.links.isEmpty == true && spans.first?.errors.count == 1)
        #expect(spans.last?.parentSpanID == nil && spans.last?.traceID != "sender-trace")
        #expect(spans.last?.links.first?.context.inMemorySpanContext?.spanID == "sender-span")
        #expect(spans.last?.errors.isEmpty == true)
        #expect(spans.map { $0.attributes["postroom.attempt"]?.toSpanAttribute() } == [.int64(1), .int64(2)])
        #expect(tracer.activeSpans.isEmpty)
    }
}
