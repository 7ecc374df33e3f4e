extension JSONTree {
    /// An object with the members of another at its end.
    func adding(_ other: JSONTree) -> JSONTree {
        guard case .object(let more) = other else { return self }
        return adding(more)
    }

    /// An object with further members at its end.
    func adding(_ more: [Member]) -> JSONTree {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }
}
