/// A field that may be missing, be null, or hold a value, where the three mean different things.
///
/// In a partial update a missing field is unchanged, and a null one was cleared. A list is a field too: one that is missing
/// was not told, and only one that is there and empty says that there are none. A value that does not fit counts as
/// missing, and stands among the event's oddities.
public enum Field<Value: Sendable>: Sendable {
    /// The body does not name the field.
    case absent
    /// The body names the field and says `null`.
    case null
    /// The body gives the field a value.
    case value(Value)

    /// The value, or `nil` where the field is absent or null.
    public var value: Value? {
        if case .value(let value) = self {
            return value
        }
        return nil
    }

    /// The same field with its value changed.
    public func map<Other>(_ change: (Value) -> Other) -> Field<Other> {
        switch self {
        case .absent: .absent
        case .null: .null
        case .value(let value): .value(change(value))
        }
    }

    /// True where the body names the field, be it with `null`.
    public var isPresent: Bool {
        if case .absent = self {
            return false
        }
        return true
    }
}

extension Field: Equatable where Value: Equatable {}
extension Field: Hashable where Value: Hashable {}
