/// How long things are kept.
package struct RetentionSettings: Hashable, Sendable {
    /// How long settled deliveries are kept.
    package var deliveries: Duration = .seconds(30 * 86_400)
    /// How long idempotency keys are kept; senders repeat a delivery for almost seven days.
    package var idempotencyKeys: Duration = .seconds(30 * 86_400)

    /// The keys of the section.
    package static let table: [Setting<RetentionSettings>] = [
        Setting(
            "deliveries",
            \.deliveries,
            .duration(.seconds(86_400)...(.seconds(3650 * 86_400))),
            "how long settled deliveries are kept"
        ),
        Setting(
            "idempotency-keys",
            \.idempotencyKeys,
            .duration(.seconds(8 * 86_400)...(.seconds(3650 * 86_400))),
            "how long duplicates are recognised; senders retry for almost 7 days"
        ),
    ]
}
