import Logging
import PostroomCore
import Synchronization
import TestSupport
import Testing

@testable import PostroomWorker

@Suite("The idempotency key of an attempt")
struct IdempotencyKeyTests {
    @Test("each handler has its own, the same on every attempt")
    func attempts() async throws {
        let keys = Mutex<[HandlerName: [String]]>([:])
        let rig = Rig { handlers in
            for name in ["mail", "crm"] as [HandlerName] {
                handlers.on(.everything, named: name) { _, context in
                    keys.withLock { $0[name, default: []].append(context.idempotencyKey) }
                    if context.attempt == 1 { throw HandlerError.retry(after: .zero) }
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        let seen = keys.withLock(\.self)
        #expect(seen.values.allSatisfy { $0.count == 2 && Set($0).count == 1 })
        #expect(Set(seen.values.joined()).count == 2)
    }

    @Test("the name under which the database first recorded a handler is the one that counts")
    func originalName() throws {
        var registry = HandlerRegistry()
        registry.on(.everything, named: "crm.upsert") { _, _ in }
        let parts = WorkerParts(
            WorkerConfiguration(label: "test"),
            registry.handlers,
            rules: { PlainRules(source: $0) },
            queue: InMemoryInbox { Timestamp(rawValue: 0) },
            metrics: MetricsLog(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: .system,
            random: .system
        )
        let services = parts.handlerQueues[0].services
        #expect(services.originalName == "crm.upsert")
        let entry = HandlerDirectory.Entry(
            name: "crm.upsert",
            patterns: [.everything],
            recordedAt: Timestamp(rawValue: 0),
            isPaused: false,
            originalName: "crm.sync"
        )
        _ = parts.router(HandlerDirectory(version: 2, entries: [entry]))
        #expect(services.originalName == "crm.sync")
    }
}
