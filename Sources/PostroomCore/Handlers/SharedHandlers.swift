extension HandlerRegistry {
    /// The problems that handlers have where several servers share the deliveries, in words.
    ///
    /// - Parameter count: The number of servers.
    /// - Returns: A problem for each thing that none could keep; none where there is one server.
    package func problems(sharedAmong count: Int) -> [String] {
        handlers.flatMap { handler in
            handler.options.problems(sharedAmong: count)
                .map { "handler '\(handler.name)' can't work with \(count) servers: \($0)" }
        }
    }

    /// The same handlers with a server's part of their limits.
    ///
    /// - Parameters:
    ///   - rank: The place of the server among them.
    ///   - count: The number of servers, for which the handlers have no problems.
    /// - Returns: The handlers in their order.
    package func part(_ rank: Int, of count: Int) -> HandlerRegistry {
        guard count > 1 else { return self }
        var part = self
        for index in part.handlers.indices {
            part.handlers[index].options.limits = part.handlers[index].options.limits.part(rank, of: count)
        }
        return part
    }
}

extension HandlerOptions {
    /// The demands that no server can keep alone, in words.
    ///
    /// - Parameter count: The number of servers.
    /// - Returns: A problem for each; none where there is one server.
    package func problems(sharedAmong count: Int) -> [String] {
        guard count > 1 else { return [] }
        var problems: [String] = []
        if order != nil {
            problems.append("the jobs of one ordering key are on all of them, so that none can keep an order")
        }
        if limits.perKey != nil {
            problems.append("the jobs of one key are on all of them, so that none can keep a limit for it")
        }
        let shared = [
            ("concurrency", limits.concurrency), ("globalConcurrency", limits.globalConcurrency),
            ("rate", limits.rate?.attempts),
        ]
        for (name, number) in shared {
            if let number, number < count {
                problems.append("\(name) is \(number), which leaves nothing for some; give it \(count) or more")
            }
        }
        return problems
    }
}

extension HandlerLimits {
    /// A server's part of the limits.
    fileprivate func part(_ rank: Int, of count: Int) -> HandlerLimits {
        func part(_ number: Int) -> Int {
            number / count + (rank < number % count ? 1 : 0)
        }
        var limits = self
        limits.concurrency = concurrency.map(part)
        limits.globalConcurrency = globalConcurrency.map(part)
        limits.rate = rate.map { AttemptRate(part($0.attempts), per: $0.period) }
        return limits
    }
}
