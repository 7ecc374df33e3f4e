import CoreMetrics
import PostroomAdmin
import Testing

@Suite("What goes through, counted once more")
struct FlowMeterTests {
    @Test("tracked metrics are counted beside the factory's own, and taken once")
    func counts() async {
        let page = PrometheusMetrics()
        let meter = FlowMeter(beside: page)
        let handled = Counter(
            label: "postroom_attempts_total",
            dimensions: [("handler", "crm"), ("outcome", "handled")],
            factory: meter
        )
        handled.increment(by: 3)
        Counter(label: "postroom_intake_bytes_total", factory: meter).increment()
        Timer(label: "postroom_attempt_seconds", dimensions: [("handler", "crm")], factory: meter)
            .recordNanoseconds(12_000_000)
        let taken = Set(meter.take().map { "\($0.kind) \($0.name) \($0.detail) \($0.amount)" })
        #expect(taken == ["attempt crm handled 3", "duration crm 14 1"])
        #expect(meter.take().isEmpty)
        let text = await page.render()
        #expect(text.contains(#"postroom_attempts_total{handler="crm",outcome="handled"} 3"#))
        #expect(text.contains("postroom_intake_bytes_total 1"))
    }

    @Test("what could not be told is counted again")
    func putsBack() {
        let meter = FlowMeter(beside: PrometheusMetrics())
        let dimensions = [("endpoint", "wacht"), ("answer", "accepted")]
        let counter = Counter(label: "postroom_intake_requests_total", dimensions: dimensions, factory: meter)
        counter.increment()
        meter.putBack(meter.take())
        counter.increment()
        #expect(meter.take().map(\.amount) == [2])
    }

    @Test("handlers are slowed for as long as their meter says so")
    func slowed() {
        let meter = FlowMeter(beside: PrometheusMetrics())
        let gauge = Meter(label: "postroom_handler_slowed", dimensions: [("handler", "crm")], factory: meter)
        gauge.set(1)
        #expect(meter.slowedHandlers == ["crm"])
        gauge.set(0)
        #expect(meter.slowedHandlers.isEmpty)
    }
}
