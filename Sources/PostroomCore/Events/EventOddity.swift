/// A place in an event's body that is not as its producer promises, and that did not keep the event from being read.
///
/// The field of that place reads as if the body did not have it.
public struct EventOddity: Hashable, Sendable, CustomStringConvertible {
    /// The JSON path of the place, for example `data.lists[0]`.
    public let path: String
    /// The expectation and the finding, for example `expected a string, found a number`.
    ///
    /// It names types and fields, never values of the body.
    public let finding: String

    /// Names an oddity.
    public init(path: String, finding: String) {
        self.path = path
        self.finding = finding
    }

    /// The path and the finding in one line.
    public var description: String {
        path.isEmpty ? finding : "\(path): \(finding)"
    }
}
