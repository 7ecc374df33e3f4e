/// A secret's text.
///
/// No description and no reflection shows it, so that it can't be logged by accident.
struct ResolvedSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself.
    ///
    /// Take care where it goes.
    let value: String

    /// Wraps a secret.
    init(_ value: String) {
        self.value = value
    }

    /// That it is a secret.
    var description: String {
        "(secret)"
    }

    /// That it is a secret.
    var debugDescription: String {
        "(secret)"
    }

    /// Nothing.
    var customMirror: Mirror {
        Mirror(self, children: [])
    }
}
