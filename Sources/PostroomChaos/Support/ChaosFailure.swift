/// Why a run could not be made.
public struct ChaosFailure: Error, CustomStringConvertible {
    /// What happened, where, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
