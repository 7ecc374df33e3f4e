import Postroom

/// The example of *Limits*.
enum Limits {
    struct BillingWorker: PostroomProgram {
        let billing: BillingClient

        init() async throws {
            billing = try await BillingClient.connect()
        }

        func register(on handlers: inout HandlerRegistry) {
            handlers.on(
                .events(from: "stripe", matching: "invoice.*"),
                named: "billing.sync",
                limits: HandlerLimits(
                    globalConcurrency: 5,
                    rate: .perMinute(100),
                    perKey: KeyLimits(concurrency: 1, rate: .perSecond(2))
                ),
                limitKey: { $0.details.orderingKey }
            ) { event, _ in
                do {
                    try await billing.sync(event.body)
                } catch let error as BillingClient.TooManyRequests {
                    throw HandlerError.busy(for: error.retryAfter)
                }
            }
        }
    }

    /// A client of the billing service.
    struct BillingClient: Sendable {
        struct TooManyRequests: Error {
            let retryAfter: Duration
        }

        static func connect() async throws -> BillingClient {
            BillingClient()
        }

        func sync(_ body: [UInt8]) async throws {}
    }
}
