package import PostroomCore

/// A fresh inbox, and a way to look into it.
package struct InboxUnderTest: Sendable {
    /// The side to which requests are committed.
    package let intake: any IntakeStore
    /// The side at which workers claim and settle.
    package let queue: any WorkQueue
    /// The view of the tests.
    package let inspection: any InboxInspection

    /// Names the sides of one inbox, which must be empty.
    package init(intake: any IntakeStore, queue: any WorkQueue, inspection: any InboxInspection) {
        self.intake = intake
        self.queue = queue
        self.inspection = inspection
    }
}

/// The duties of every inbox, as checks that any of them can be put to.
///
/// Each check gets an empty inbox of its own:
///
/// ```swift
/// @Test("the inbox conforms", arguments: QueueConformance.checks)
/// func conforms(check: QueueConformance.Check) async throws {
///     try await check.run(makeEmptyInbox())
/// }
/// ```
package enum QueueConformance {
    /// One thing that an inbox must do.
    package struct Check: Sendable, CustomStringConvertible {
        /// The duty, as a sentence.
        package let name: String
        /// Puts an empty inbox to the check; throws ``ConformanceFailure`` where it fails.
        package let run: @Sendable (_ inbox: InboxUnderTest) async throws -> Void

        /// The sentence.
        package var description: String {
            name
        }

        init(_ name: String, _ body: @escaping @Sendable (ConformanceContext) async throws -> Void) {
            self.name = name
            self.run = { try await body(ConformanceContext(inbox: $0)) }
        }
    }

    /// Every check.
    package static let checks: [Check] =
        intake + claims + settlements + retries + directory + renames + workers + crashes + finishes + limits + orders
        + followUps + steps + notices
}

/// A check that an inbox did not pass.
package struct ConformanceFailure: Error, CustomStringConvertible {
    /// The expectation.
    package let description: String
}

/// Fails the check where something does not hold.
func expect(_ holds: Bool, _ expectation: String) throws {
    if !holds {
        throw ConformanceFailure(description: "expected: \(expectation)")
    }
}

/// Fails the check where two values differ.
func expect<Value: Equatable>(_ value: Value, is expected: Value, _ what: String) throws {
    if value != expected {
        throw ConformanceFailure(description: "\(what): expected \(expected), found \(value)")
    }
}
