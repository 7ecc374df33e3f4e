public import PostroomCore

/// A fresh inbox, and a way to look into it.
public struct InboxUnderTest: Sendable {
    /// Where requests are committed.
    public let intake: any IntakeStore
    /// Where workers claim and settle.
    public let queue: any WorkQueue
    /// How tests look into it.
    public let inspection: any InboxInspection

    /// Names the sides of one inbox, which must be empty.
    public init(intake: any IntakeStore, queue: any WorkQueue, inspection: any InboxInspection) {
        self.intake = intake
        self.queue = queue
        self.inspection = inspection
    }
}

/// What every inbox must do, as checks that any of them can be put to.
///
/// Each check gets an empty inbox of its own:
///
/// ```swift
/// @Test("the inbox conforms", arguments: QueueConformance.checks)
/// func conforms(check: QueueConformance.Check) async throws {
///     try await check.run(makeEmptyInbox())
/// }
/// ```
public enum QueueConformance {
    /// One thing that an inbox must do.
    public struct Check: Sendable, CustomStringConvertible {
        /// What it must do, as a sentence.
        public let name: String
        /// Puts an empty inbox to the check; throws ``ConformanceFailure`` where it fails.
        public let run: @Sendable (_ inbox: InboxUnderTest) async throws -> Void

        /// The sentence.
        public var description: String {
            name
        }

        init(_ name: String, _ body: @escaping @Sendable (Scene) async throws -> Void) {
            self.name = name
            self.run = { try await body(Scene(inbox: $0)) }
        }
    }

    /// Every check.
    public static let checks: [Check] = intake + claims + settlements + retries + directory + workers + crashes
}

/// A check that an inbox did not pass.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected.
    public let description: String
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
