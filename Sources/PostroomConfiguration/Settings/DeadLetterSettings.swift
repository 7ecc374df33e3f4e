/// The settings of dead letters.
package struct DeadLetterSettings: Hashable, Sendable {
    /// True where a person may give a letter's handler another body.
    ///
    /// It is off unless somebody decides that a person may change what a handler gets; each edit is in the audit.
    package var edit = false

    /// Takes the defaults.
    package init() {}

    /// The keys of `dead-letters`.
    package static let settings: [Setting<DeadLetterSettings>] = [
        Setting("edit", \.edit, .flag, "whether 'dead-letters edit' may give a handler another body")
    ]
}
