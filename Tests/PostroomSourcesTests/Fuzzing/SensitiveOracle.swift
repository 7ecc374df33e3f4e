import PostroomCore

@testable import PostroomSources

/// Says independently of the redaction which values of a body are sensitive, and puts something into them that can be
/// recognized.
struct SensitiveOracle {
    /// The texts that must never be seen.
    static let canary = "hunter2"

    private let patterns: [[(name: String, repeats: Bool)]]

    init(_ source: Source) {
        let paths = SourceRegistry.builtIn.definition(of: source)?.sensitivePaths ?? []
        patterns = paths.map { path in
            path.split(separator: ".")
                .map { step in
                    let name = step.hasSuffix("[]") ? step.dropLast(2) : step
                    return (String(name.hasSuffix("+") ? name.dropLast() : name), name.hasSuffix("+"))
                }
        }
    }

    /// Replaces every sensitive value by one that has the canary somewhere.
    func planted(_ tree: JSONTree, _ path: [String] = []) -> JSONTree {
        guard path.isEmpty || !patterns.contains(where: { Self.matches($0[...], path[...]) }) else {
            return .array([.object([JSONTree.Member(name: "x", value: .scalar(Array("\"\(Self.canary)\"".utf8)))])])
        }
        switch tree {
        case .scalar: return tree
        case .array(let elements): return .array(elements.map { planted($0, path) })
        case .object(let members):
            return .object(
                members.map { member in
                    var member = member
                    member.value = planted(member.value, path + [member.name])
                    return member
                }
            )
        }
    }

    private static func matches(_ pattern: ArraySlice<(name: String, repeats: Bool)>, _ path: ArraySlice<String>)
        -> Bool
    {
        guard let step = pattern.first else { return path.isEmpty }
        guard path.first == step.name else { return false }
        if matches(pattern.dropFirst(), path.dropFirst()) {
            return true
        }
        return step.repeats && matches(pattern, path.dropFirst())
    }
}
