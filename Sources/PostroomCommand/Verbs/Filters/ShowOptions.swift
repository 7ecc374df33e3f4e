import ArgumentParser

/// What verbs take that show one thing with a body.
struct ShowOptions: ParsableArguments {
    @Flag(name: .long, help: "Print nothing but the body, byte for byte.")
    var body = false

    @Flag(name: .long, help: "Print JSON: one object, without the body.")
    var json = false

    func validate() throws {
        guard !body || !json else {
            throw ValidationError("--body prints the body as it is, which can't be JSON; leave out --json or --body")
        }
    }
}
