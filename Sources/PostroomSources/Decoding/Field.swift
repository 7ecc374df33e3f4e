/// A field that may be missing, be null, or hold a value, where the three mean different things.
///
/// In a partial update a missing field is unchanged, and a null one was cleared.
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

    /// Whether the body names the field, be it with `null`.
    public var isPresent: Bool {
        if case .absent = self {
            return false
        }
        return true
    }
}

extension Field: Equatable where Value: Equatable {}
extension Field: Hashable where Value: Hashable {}
