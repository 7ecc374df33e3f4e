import PostroomCore
import Testing

@Suite("The identity of a sender's trace")
struct TraceIDTests {
    @Test(
        "it is read from a traceparent that is well formed, and from no other",
        arguments: [
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", nil),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", nil),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736", nil), ("", nil), ("---", nil),
        ] as [(String, String?)]
    )
    func traceparent(field: String, trace: String?) {
        #expect(Headers([("TraceParent", field)]).traceID == trace)
    }
}
