import ArgumentParser

/// What every list takes.
struct ListOptions: ParsableArguments {
    @Option(name: .long, help: "The most to list, newest first.")
    var limit = 50

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000000, not \(limit)")
        }
    }
}
