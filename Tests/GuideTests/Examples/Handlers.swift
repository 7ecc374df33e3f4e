import FoundationEssentials
import Postroom

/// The examples of *Writing handlers*.
enum WritingHandlers {
    struct Handlers: PostroomProgram {
        func register(on handlers: inout HandlerRegistry) {
            handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
                try await CRM.shared.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
            }
            handlers.on(.events(from: .anthropic, matching: "session.*"), named: "audit") { event, _ in
                try await Audit.shared.append(event.body)
            }
            handlers.register(SlackNotifier())
        }
    }

    struct SlackNotifier: EventHandler {
        let name: HandlerName = "slack.notify"
        let subscription = Subscription.type(Anthropic.SessionStatusIdled.self)
        let options = HandlerOptions(retry: .exponential(maximumAttempts: 6), timeout: .seconds(10))

        func handle(_ event: Anthropic.SessionStatusIdled, _ context: HandlerContext) async throws {
            context.logger.info("a session is idle", metadata: ["delivery": "\(context.deliveryID)"])
        }
    }

    func registerLedger(on handlers: inout HandlerRegistry) {
        handlers.on(
            Dynamic.WalletLinked.self,
            named: "ledger.open-account",
            retry: .exponential(maximumAttempts: 12),
            timeout: .seconds(10)
        ) { event, context in
            guard context.attempt < 12 else { throw HandlerError.permanent("the ledger stayed away") }
        }
    }
}

/// A customer database that an example calls.
actor CRM {
    static let shared = CRM()

    func upsert(id: String, idempotencyKey: String) throws {}
}

/// A service that builds what was pushed.
actor CI {
    static let shared = CI()

    func start(_ body: [UInt8], idempotencyKey: String) throws {}
}

/// A log that an example appends to.
actor Audit {
    static let shared = Audit()

    func append(_ body: [UInt8]) throws {}
}

/// The examples of *Events and sources*.
enum EventsAndSources {
    func registerWallets(on handlers: inout HandlerRegistry) {
        handlers.on(Dynamic.WalletLinked.self, named: "ledger.open-account") { event, context in
            context.logger.info("linked", metadata: ["oddities": "\(event.oddities.count)"])
        }
    }

    func registerUnions(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserChanged.self, named: "crm.users") { event, context in
            context.logger.info("changed", metadata: ["user": "\(event.user.id)"])
        }
        handlers.on(Nyuchi.AnyEvent.self, named: "workspace.failures") { event, context in
            switch event {
            case .syncFailed(let event):
                context.logger.warning("failed", metadata: ["event": "\(event.notice.eventID)"])
            case .userCreated, .userDeactivated, .projectUpdated, .reportCompleted: break
            case .unknown(let type, _): context.logger.info("unknown", metadata: ["type": "\(type ?? "none")"])
            }
        }
    }

    func registerAudit(on handlers: inout HandlerRegistry) {
        handlers.on(.events(from: "github", matching: "pull_request*"), named: "reviews") { event, context in
            context.logger.info("reviewed", metadata: ["type": "\(event.type ?? "none")"])
        }
        handlers.on(.everything, named: "archive") { event, _ in
            try await Audit.shared.append(event.body)
        }
    }
}
