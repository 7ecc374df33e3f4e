import PostroomCore
import PostroomInbox

/// The limits of a handler as verbs show them.
enum LimitDisplay {
    /// The limits in words; a dash where there is none.
    static func words(_ use: HandlerLimitUse) -> String {
        use.words ?? "–"
    }

    /// The limits for machines: an object with each of them or null, or null where there is none.
    static func json(_ use: HandlerLimitUse) -> JSONTree {
        let limits = use.limits
        guard limits != HandlerLimits() else { return .null }
        return .object([
            .init("concurrency", integer(limits.concurrency)),
            .init("global_concurrency", integer(limits.globalConcurrency)),
            .init("shares", .array(use.shares.map { .integer(Int64($0)) })),
            .init("rate", json(limits.rate)),
            .init("key_concurrency", integer(limits.perKey?.concurrency)),
            .init("key_rate", json(limits.perKey?.rate)),
        ])
    }

    private static func integer(_ number: Int?) -> JSONTree {
        number.map { .integer(Int64($0)) } ?? .null
    }

    private static func json(_ rate: AttemptRate?) -> JSONTree {
        guard let rate else { return .null }
        return .object([
            .init("attempts", .integer(Int64(rate.attempts))),
            .init("seconds", .number(Double(rate.period.microseconds) / 1_000_000)),
        ])
    }
}
