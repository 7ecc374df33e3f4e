import PostroomCore

/// Why there is nothing to try.
public struct TrialProblem: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(description: String) {
        self.description = description
    }

    static func notOne(_ name: HandlerName?, of names: [HandlerName]) -> TrialProblem {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        if names.isEmpty {
            return TrialProblem(description: "no handler is registered; register one in the closure")
        }
        guard let name else {
            return TrialProblem(description: "\(names.count) handlers are registered; name one of \(list)")
        }
        return TrialProblem(description: "no handler is named '\(name)'; there is \(list)")
    }
}
