import PostgresClient

/// A statement of `sql/statements`, with what its file says of its plan.
protocol BundledStatement: Statement {
    /// The indexes that its plan must use.
    static var usedIndexes: [String] { get }
    /// What else its file says of its plan.
    static var planHints: [String] { get }
}
