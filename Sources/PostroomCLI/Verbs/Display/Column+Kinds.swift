import PostroomCore

extension Column {
    /// A count, with commas for people.
    package static func count(_ title: String, key: String? = nil, _ count: @escaping @Sendable (Row) -> Int) -> Column
    {
        Column(title, key: key, .right, value: { .integer(Int64(count($0))) }, text: { HumanText.count(count($0)) })
    }

    /// A text that may be absent.
    static func optional(
        _ title: String,
        key: String? = nil,
        widest: Int? = nil,
        _ text: @escaping @Sendable (Row) -> String?
    ) -> Column {
        Column(title, key: key, widest: widest, value: { .string(orNull: text($0)) })
    }

    /// A moment in UTC: to the millisecond for machines, to the second for people.
    static func moment(
        _ title: String,
        key: String? = nil,
        _ moment: @escaping @Sendable (Row) -> Timestamp?
    ) -> Column {
        Column(
            title,
            key: key,
            value: { .string(orNull: moment($0)?.description) },
            text: { moment($0).map(MomentDisplay.toTheSecond) ?? "–" }
        )
    }

    /// A moment in UTC, and how long ago it was: one line of a single item.
    static func momentWithAge(
        _ title: String,
        key: String? = nil,
        now: Timestamp,
        _ moment: @escaping @Sendable (Row) -> Timestamp?
    ) -> Column {
        Column(
            title,
            key: key,
            value: { .string(orNull: moment($0)?.description) },
            text: { row in
                moment(row).map { "\($0.description) (\(HumanText.age(of: $0, now: now)))" } ?? "–"
            }
        )
    }

    /// How long ago a moment was, which only people are told: machines have the moment.
    static func age(
        _ title: String = "age",
        now: Timestamp,
        _ moment: @escaping @Sendable (Row) -> Timestamp?
    ) -> Column {
        Column(forPeople: title, .right) { row in moment(row).map { HumanText.age(of: $0, now: now) } ?? "–" }
    }

    /// A duration: seconds for machines.
    static func duration(
        _ title: String,
        key: String,
        _ duration: @escaping @Sendable (Row) -> Duration?
    ) -> Column {
        Column(
            title,
            key: key,
            .right,
            value: { row in duration(row).map { .number(Double($0.microseconds) / 1_000_000) } ?? .null },
            text: { row in duration(row).map(HumanText.duration) ?? "–" }
        )
    }
}

/// Moments as people read them.
enum MomentDisplay {
    /// The moment in ISO 8601 without a fraction.
    static func toTheSecond(_ moment: Timestamp) -> String {
        moment.description.prefix { $0 != "." && $0 != "Z" } + "Z"
    }
}
