import PostroomCore
import PostroomInbox

/// The limits of a handler as verbs show them.
enum LimitDisplay {
    /// The limits in words, with the shares of the workers: `5 at once (2 + 2 + 1), 100 in 1m 0s, a key 1 at once`.
    static func words(_ use: HandlerLimitUse) -> String {
        let limits = use.limits
        var parts: [String] = []
        if let most = limits.concurrency {
            parts.append("\(HumanText.count(most)) at once in a process")
        }
        if let most = limits.globalConcurrency {
            let shares = use.shares.isEmpty ? "" : " (\(use.shares.map { String($0) }.joined(separator: " + ")))"
            parts.append("\(HumanText.count(most)) at once\(shares)")
        }
        if let rate = limits.rate {
            parts.append(words(rate))
        }
        if let most = limits.perKey?.concurrency {
            parts.append("a key \(HumanText.count(most)) at once")
        }
        if let rate = limits.perKey?.rate {
            parts.append("a key \(words(rate))")
        }
        return parts.isEmpty ? "–" : parts.joined(separator: ", ")
    }

    private static func words(_ rate: AttemptRate) -> String {
        "\(HumanText.count(rate.attempts)) in \(HumanText.duration(rate.period))"
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
