package import Tracing

/// The traces of a process: the spans of requests, commits and attempts, in a tracer that its program brought.
///
/// A sender's own trace goes on: its context is read from the headers of a delivery, which are stored, so that an attempt
/// belongs to the trace of the request however much later it runs.
package struct Traces: Sendable {
    /// The program's tracer.
    package let tracer: any Tracer

    /// Traces with a tracer.
    package init(_ tracer: any Tracer) {
        self.tracer = tracer
    }

    /// The traces of the tracer that the program installed, or `nil` where it installed none, and nothing is paid.
    package static var installed: Traces? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : Traces(tracer)
    }

    /// The context of the sender's trace; empty where its headers carry none.
    package func context(of headers: Headers) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: HeaderExtractor())
        return context
    }
}

/// Reads the fields of a trace from the headers of a delivery.
private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: Headers) -> String? {
        headers.values(key).first
    }
}

extension Headers {
    /// The identity of the sender's trace, 32 hexadecimal digits, from a `traceparent` of W3C's Trace Context.
    ///
    /// See https://www.w3.org/TR/trace-context/#traceparent-header.
    package var traceID: String? {
        guard let field = only("traceparent") else { return nil }
        let parts = field.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16,
            parts[1].allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }), parts[1].contains(where: { $0 != 0x30 })
        else { return nil }
        return String(parts[1])
    }
}
