import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// Reads the values of filters that are plain names.
enum FilterText {
    /// Reads a name; an empty one is most likely a variable that was not set, and must not mean anything.
    ///
    /// - Throws: `ValidationError`.
    @Sendable
    static func name(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("expected a name, which is not empty") }
        return text
    }

    /// Reads a reason.
    ///
    /// - Throws: `ValidationError` that lists the reasons.
    @Sendable
    static func reason(_ text: String) throws -> DeathReason {
        guard let reason = DeathReason(rawValue: text) else {
            throw ValidationError("expected \(Suggestion.list(DeathReason.allCases.map(\.rawValue)))")
        }
        return reason
    }

    /// Reads a state of deliveries.
    ///
    /// - Throws: `ValidationError` that lists the states.
    @Sendable
    static func state(_ text: String) throws -> DeliveryState {
        guard let state = DeliveryState(rawValue: text) else {
            throw ValidationError("expected \(Suggestion.list(DeliveryState.allCases.map(\.rawValue)))")
        }
        return state
    }

    /// Checks that a range of time is one.
    ///
    /// - Throws: `ValidationError`.
    static func checkOrder(_ since: MomentText?, _ until: MomentText?, now: Timestamp) throws {
        guard let since = since?.resolved(now: now), let until = until?.resolved(now: now), since > until else {
            return
        }
        throw ValidationError("--since (\(since)) is after --until (\(until))")
    }
}
