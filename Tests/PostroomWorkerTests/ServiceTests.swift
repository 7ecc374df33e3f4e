import Logging
import PostroomCore
import ServiceLifecycle
import TestSupport
import Testing

@Suite("The service")
struct ServiceTests {
    @Test("a graceful shutdown ends the worker, which gives back what it holds")
    func gracefulShutdown() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let services = ServiceGroup(services: [rig.worker], logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            try await rig.until("registered") { rig.identity != nil }
            try await rig.post("a")
            try await rig.untilDone()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(rig.queue.count(.deregister) == 1)
        #expect(rig.inbox.handledCount == 1)
    }
}
