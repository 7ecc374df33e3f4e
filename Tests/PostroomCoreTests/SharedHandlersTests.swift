import Testing

@testable import PostroomCore

@Suite("Handlers whose deliveries several servers share")
struct SharedHandlersTests {
    private func registry(_ limits: HandlerLimits, order: HandlerOrder? = nil) -> HandlerRegistry {
        var handlers = HandlerRegistry()
        handlers.on(.everything, named: "crm", limits: limits, order: order) { _, _ in }
        return handlers
    }

    @Test("have their limits shared out, to the last attempt")
    func parts() {
        let limits = HandlerLimits(concurrency: 7, globalConcurrency: 10, rate: AttemptRate(100, per: .seconds(60)))
        let handlers = registry(limits)
        #expect(handlers.problems(sharedAmong: 3) == [])
        let parts = (0..<3).map { handlers.part($0, of: 3).handlers[0].options.limits }
        #expect(parts.map(\.concurrency) == [3, 2, 2])
        #expect(parts.map(\.globalConcurrency) == [4, 3, 3])
        #expect(parts.map(\.rate?.attempts) == [34, 33, 33])
        #expect(parts.allSatisfy { $0.rate?.period == .seconds(60) })
    }

    @Test("have their limits whole where there is one server")
    func whole() {
        let handlers = registry(HandlerLimits(concurrency: 1, perKey: KeyLimits(concurrency: 1)), order: .byKey)
        #expect(handlers.problems(sharedAmong: 1) == [])
        #expect(handlers.part(0, of: 1).handlers[0].options == handlers.handlers[0].options)
    }

    @Test(
        "are refused for what no server can keep alone",
        arguments: [
            (HandlerLimits(), HandlerOrder.byKey, "ordering key"),
            (HandlerLimits(perKey: KeyLimits(concurrency: 1)), nil, "a limit for it"),
            (HandlerLimits(concurrency: 1), nil, "concurrency is 1"),
            (HandlerLimits(globalConcurrency: 2), nil, "globalConcurrency is 2"),
            (HandlerLimits(rate: .perSecond(2)), nil, "rate is 2"),
        ]
    )
    func refused(limits: HandlerLimits, order: HandlerOrder?, words: String) throws {
        let problems = registry(limits, order: order).problems(sharedAmong: 3)
        #expect(problems.count == 1)
        #expect(problems[0].contains("handler 'crm'") && problems[0].contains(words), "\(problems)")
    }
}
