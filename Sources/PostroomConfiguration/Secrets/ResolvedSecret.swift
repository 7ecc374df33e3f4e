/// A secret's text.
///
/// No description and no reflection shows it, so that it can't be logged by accident.
package struct ResolvedSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself.
    ///
    /// Take care where it goes.
    package let value: String

    /// Wraps a secret.
    package init(_ value: String) {
        self.value = value
    }

    /// That it is a secret.
    package var description: String {
        "(secret)"
    }

    /// That it is a secret.
    package var debugDescription: String {
        "(secret)"
    }

    /// Nothing.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }
}
