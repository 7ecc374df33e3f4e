/// One thing that is wrong in a SQL file.
struct Mistake: Error, Equatable, CustomStringConvertible {
    /// The file, as seen from the checkout.
    var file: String
    /// The line, from 1.
    var line: Int
    /// What is wrong.
    var problem: String
    /// What to do about it.
    var advice: String

    var description: String {
        "\(file):\(line): \(problem); \(advice)"
    }
}

/// Everything that keeps the bundler from its work, a line each.
struct BundlerFailure: Error, Equatable {
    var lines: [String]
}
