import ArgumentParser

/// What every verb takes that changes many things at once.
struct ActionOptions: ParsableArguments {
    @Flag(name: .long, help: "Act without a filter, on everything.")
    var all = false

    @Flag(name: .long, help: "Change nothing; say how many would be changed.")
    var dryRun = false

    /// Refuses to act on everything unless that was said.
    ///
    /// - Parameters:
    ///   - isFiltered: Whether a filter was given.
    ///   - things: What is acted on, in the plural.
    ///   - filters: The filters that there are.
    /// - Throws: `ValidationError`.
    func checkScope(isFiltered: Bool, _ things: String, _ filters: String) throws {
        guard isFiltered || all else {
            throw ValidationError("nothing says which \(things) are meant: give a filter (\(filters)), or --all")
        }
    }
}
