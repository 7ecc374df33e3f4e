import ArgumentParser

/// What verbs take that show one thing with a body.
struct ShowOptions: ParsableArguments {
    @Flag(name: .long, help: "Print nothing but the body, with ••• in place of sensitive values.")
    var body = false

    @Flag(name: .long, help: "Print JSON: one object, with --body also the body.")
    var json = false

    @Flag(name: .long, help: "With --body: the body byte for byte as it was received.")
    var showSensitive = false

    func validate() throws {
        guard body || !showSensitive else {
            throw ValidationError("--show-sensitive is about the body; give --body too")
        }
    }

    /// Which form of the body is shown.
    var form: ShownBody.Form {
        showSensitive ? .received : .redacted
    }
}
