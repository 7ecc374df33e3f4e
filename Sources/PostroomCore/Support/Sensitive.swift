/// A value that must not find its way into a log by accident: a token, a key, a one-time password.
///
/// Printing, dumping and interpolating it shows that it is there, not what it is.
public struct Sensitive<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The value itself.
    ///
    /// Take care where it goes.
    public let exposed: Value

    /// Hides a value from descriptions.
    public init(_ value: Value) {
        self.exposed = value
    }

    /// The text `(sensitive)`.
    public var description: String {
        "(sensitive)"
    }

    /// The text `(sensitive)`.
    public var debugDescription: String {
        "(sensitive)"
    }

    /// A mirror without children.
    public var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

extension Sensitive: Equatable where Value: Equatable {}
extension Sensitive: Hashable where Value: Hashable {}
