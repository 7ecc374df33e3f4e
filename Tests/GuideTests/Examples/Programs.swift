import Postroom

/// The example of the README.
enum FirstPage {
    struct AcmeWorker: PostroomProgram {
        func register(on handlers: inout HandlerRegistry) {
            handlers.on(.events(from: "github", matching: "push"), named: "ci.start") { event, context in
                try await CI.shared.start(event.body, idempotencyKey: context.idempotencyKey)
            }
            handlers.on(Wacht.UserCreated.self, named: "crm.sync", timeout: .seconds(10)) { event, context in
                try await CRM.shared.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
            }
        }
    }
}

/// The example of the guide's first page.
enum Overview {
    struct AcmeWorker: PostroomProgram {
        func register(on handlers: inout HandlerRegistry) {
            handlers.on(.events(from: "github", matching: "push"), named: "ci.start") { event, context in
                context.logger.info("a push", metadata: ["bytes": "\(event.body.count)"])
            }
        }
    }
}

/// The example of *Getting started*.
enum GettingStarted {
    struct AcmeWorker: PostroomProgram {
        func register(on handlers: inout HandlerRegistry) {
            handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
                context.logger.info("upsert", metadata: ["user": "\(event.user.id)"])
            }
        }
    }
}

/// The example of *Writing handlers* that opens what its handlers need.
enum Opening {
    struct CRMWorker: PostroomProgram {
        let pool: CRMPool

        init() async throws {
            pool = try await CRMPool.open()
        }

        var services: [any Service] { [pool] }

        func register(on handlers: inout HandlerRegistry) {
            handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
                try await pool.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
            }
        }
    }

    struct CRMPool: Service {
        static func open() async throws -> CRMPool { CRMPool() }

        func run() async throws {
            try await gracefulShutdown()
        }

        func upsert(id: String, idempotencyKey: String) async throws {}
    }
}
