import Postroom

/// A handler that is a type of its own, where a closure would be too small.
struct SlackNotifier: EventHandler {
    let name: HandlerName = "slack.notify"
    let subscription = Subscription.type(Anthropic.SessionStatusIdled.self)
    let options = HandlerOptions(retry: .exponential(maximumAttempts: 6), timeout: .seconds(10))

    func handle(_ event: Anthropic.SessionStatusIdled, _ context: HandlerContext) async throws {
        context.logger.info("session is idle", metadata: ["delivery": "\(context.deliveryID)"])
    }
}
