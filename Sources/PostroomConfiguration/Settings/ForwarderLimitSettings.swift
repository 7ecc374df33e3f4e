package import PostroomCore
package import PostroomSources

/// The settings of the order of a forwarder's jobs, and of the limits of its attempts.
package struct ForwarderLimitSettings: Hashable, Sendable {
    /// The orders that a forwarder can have.
    package enum Order: String, Sendable, CaseIterable {
        case byKey = "by-key"
        case newest
    }

    /// The consequences of a dead letter for the later jobs of its key.
    package enum WhenDead: String, Sendable, CaseIterable {
        case park
        case goOn = "go-on"
    }

    /// The order, or `nil` for none.
    package var order: Order?
    /// The consequence of a dead letter, or `nil` where it is not said.
    package var whenDead: WhenDead?
    /// The place of the key of the order.
    package var orderKey = KeyPlaceSettings()
    /// The most attempts at once in one process, or `nil`.
    package var concurrency: Int?
    /// The most attempts at once over all processes, or `nil`.
    package var globalConcurrency: Int?
    /// The most attempts in a time over all processes, or `nil`.
    package var rate: AttemptRate?
    /// The most attempts of a key at once over all processes, or `nil`.
    package var keyConcurrency: Int?
    /// The most attempts of a key in a time over all processes, or `nil`.
    package var keyRate: AttemptRate?
    /// The place of the key by which those two count.
    package var limitKey = KeyPlaceSettings()

    /// The keys of the order and the limits.
    package static let table: [Setting<ForwarderLimitSettings>] =
        [
            Setting(
                "order",
                optional: \.order,
                .choice,
                "the order of its jobs by key: one after the other, or only the newest of those that wait; none if not given"
            ),
            Setting(
                "when-dead",
                optional: \.whenDead,
                .choice,
                "with by-key, whether a dead letter parks its key or lets it go on; park if not given"
            ),
        ]
        + KeyPlaceSettings.table.map { $0.within("order-key", \.orderKey) }
        + [
            Setting(
                "concurrency",
                optional: \.concurrency,
                .number(attempts),
                "attempts at once in one process; worker.concurrency if not given"
            ),
            Setting(
                "global-concurrency",
                optional: \.globalConcurrency,
                .number(attempts),
                "attempts at once over all processes"
            ),
            Setting("rate", optional: \.rate, .attemptRate, "attempts in any such time, over all processes"),
            Setting(
                "per-key.concurrency",
                optional: \.keyConcurrency,
                .number(attempts),
                "attempts of a key at once over all processes"
            ),
            Setting(
                "per-key.rate",
                optional: \.keyRate,
                .attemptRate,
                "attempts of a key in any such time, over all processes"
            ),
        ]
        + KeyPlaceSettings.table.map { $0.within("per-key", \.limitKey) }

    private static let attempts = 1...HandlerLimits.mostAttempts

    /// The order as a handler has it.
    package var handlerOrder: HandlerOrder? {
        switch order {
        case .byKey: .byKey(whenDead: whenDead == .goOn ? .goOn : .park)
        case .newest: .newest
        case nil: nil
        }
    }

    /// The limits as a handler has them.
    package var handlerLimits: HandlerLimits {
        let perKey = KeyLimits(concurrency: keyConcurrency, rate: keyRate)
        return HandlerLimits(
            concurrency: concurrency,
            globalConcurrency: globalConcurrency,
            rate: rate,
            perKey: perKey == KeyLimits() ? nil : perKey
        )
    }

    /// The settings that mean nothing beside the others, each with the advice.
    var problems: [(setting: String, advice: String)] {
        var problems: [(setting: String, advice: String)] = []
        if whenDead != nil, order != .byKey {
            problems.append(("when-dead", "means nothing without order: by-key; add that, or leave it out"))
        }
        if order == nil, let setting = orderKey.given.first {
            problems.append(("order-key.\(setting)", "means nothing without an order; add order: by-key or newest"))
        }
        if handlerLimits.perKey == nil, let setting = limitKey.given.first {
            problems.append(
                ("per-key.\(setting)", "limits nothing; add per-key.concurrency or per-key.rate, or leave it out")
            )
        }
        for (section, place) in [("order-key", orderKey), ("per-key", limitKey)] where place.given.count > 1 {
            problems.append(
                ("\(section).header", "stands beside \(section).json; a key is in one place, keep one of the two")
            )
        }
        return problems
    }
}

/// The settings of the place of a key; where none is given, the key is the event's ordering key.
package struct KeyPlaceSettings: Hashable, Sendable {
    /// The path of the key in the JSON body, or `nil`.
    package var json: String?
    /// The header with the key, or `nil`.
    package var header: String?

    /// The keys of a place.
    package static let table: [Setting<KeyPlaceSettings>] = [
        Setting(
            "json",
            optional: \.json,
            .jsonPath,
            "the JSON path of the key, if it is not the event's own ordering key"
        ),
        Setting(
            "header",
            optional: \.header,
            .headerName,
            "the header with the key, if it is not the event's own ordering key"
        ),
    ]

    /// The names of the settings that are given.
    var given: [String] {
        [json.map { _ in "json" }, header.map { _ in "header" }].compactMap(\.self)
    }

    /// The place, or `nil` for the event's ordering key.
    package var location: ValueLocation? {
        json.map(ValueLocation.json) ?? header.map(ValueLocation.header)
    }
}
