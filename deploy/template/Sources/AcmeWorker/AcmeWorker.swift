import Postroom

/// A worker of your own: it registers handlers, and has every verb of `postroom` but for `bench` and `chaos`.
///
/// Try it with `swift run acme-worker dev`, and send it something with `swift run acme-worker send wacht`.
@main
struct AcmeWorker: PostroomProgram {
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

/// An answer of a ledger that is not ready.
struct LedgerUnavailable: Error {}

/// A pager that does not answer.
struct PagerUnreachable: Error {}
