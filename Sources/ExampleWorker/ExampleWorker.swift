import Postroom

/// A program of a user's own: it registers handlers, and has every verb of `postroom`.
///
/// Try it with `swift run example-worker dev`, and send it something with `swift run postroom send wacht`.
@main
struct ExampleWorker: PostroomProgram {
    func register(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
            context.logger.info("user upserted into the CRM", metadata: ["user": "\(event.user.id)"])
        }

        handlers.on(Wakit.MessageInserted.self, named: "inbox.unread", timeout: .seconds(5)) { event, context in
            context.logger.info("message counted", metadata: ["message": "\(event.message.id)"])
        }

        handlers.on(.events(from: .anthropic, matching: "session.*"), named: "audit") { event, context in
            context.logger.info("session event written down", metadata: ["type": "\(event.type ?? "none")"])
        }

        // Fails twice and then succeeds, as a service does that is being restarted.
        handlers.on(
            Dynamic.WalletLinked.self,
            named: "ledger.open-account",
            retry: .constant(maximumAttempts: 5, delay: .milliseconds(500))
        ) { _, context in
            guard context.attempt > 2 else { throw LedgerUnavailable() }
            context.logger.info("account opened", metadata: ["attempt": "\(context.attempt)"])
        }

        // Always fails: after three attempts each of its deliveries is a dead letter.
        handlers.on(
            Nyuchi.SyncFailed.self,
            named: "pager.alert",
            retry: .exponential(maximumAttempts: 3, firstDelay: .milliseconds(200))
        ) { _, _ in
            throw PagerUnreachable()
        }

        handlers.register(SlackNotifier())
    }
}

/// What a failing ledger throws.
struct LedgerUnavailable: Error {}

/// What an unreachable pager throws.
struct PagerUnreachable: Error {}

/// A handler that is a type of its own, where a closure would be too small.
struct SlackNotifier: EventHandler {
    let name: HandlerName = "slack.notify"
    let subscription = Subscription.type(Anthropic.SessionStatusIdled.self)
    let options = HandlerOptions(retry: .exponential(maximumAttempts: 6), timeout: .seconds(10))

    func handle(_ event: Anthropic.SessionStatusIdled, _ context: HandlerContext) async throws {
        context.logger.info("session is idle", metadata: ["delivery": "\(context.deliveryID)"])
    }
}
