import PostroomCore

/// One figure of what a verb shows: its title for people, its name for machines.
///
/// The same columns make a table, the lines of a single item, and `--json`.
package struct Column<Row>: Sendable {
    /// At which side a table's cells are flush.
    package enum Alignment: Sendable {
        case left
        case right
    }

    /// The heading, in lower case.
    package let title: String
    /// The name in `--json`; it stays the same for as long as anybody may rely on it.
    package let key: String
    /// At which side cells are flush.
    package let alignment: Alignment
    /// The most columns of the terminal that a table gives it, or `nil` for as many as it takes.
    package let widest: Int?
    /// The value for machines, or `nil` for a column that only people are shown.
    package let value: (@Sendable (Row) -> JSONTree)?
    /// The text for people, which need not be escaped.
    package let text: @Sendable (Row) -> String
    /// The style of the text.
    package let style: @Sendable (Row) -> TextStyle?

    /// Describes a column.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - key: The name in `--json`, or `nil` for the title with `_` for blanks.
    ///   - alignment: At which side cells are flush.
    ///   - widest: The most columns of the terminal that a table gives it.
    ///   - value: The value for machines.
    ///   - text: The text for people, or `nil` for the value as it reads.
    ///   - style: The style of the text.
    package init(
        _ title: String,
        key: String? = nil,
        _ alignment: Alignment = .left,
        widest: Int? = nil,
        value: @escaping @Sendable (Row) -> JSONTree,
        text: (@Sendable (Row) -> String)? = nil,
        style: @escaping @Sendable (Row) -> TextStyle? = { _ in nil }
    ) {
        self.title = title
        self.key = key ?? title.replacing(" ", with: "_")
        self.alignment = alignment
        self.widest = widest
        self.value = value
        self.text = text ?? { Self.reading(value($0)) }
        self.style = style
    }

    /// Describes a column that `--json` leaves out, because another one has the same in a better form for machines.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - alignment: At which side cells are flush.
    ///   - widest: The most columns of the terminal that a table gives it.
    ///   - text: The text for people.
    ///   - style: The style of the text.
    package init(
        forPeople title: String,
        _ alignment: Alignment = .left,
        widest: Int? = nil,
        text: @escaping @Sendable (Row) -> String,
        style: @escaping @Sendable (Row) -> TextStyle? = { _ in nil }
    ) {
        self.title = title
        self.key = title
        self.alignment = alignment
        self.widest = widest
        self.value = nil
        self.text = text
        self.style = style
    }

    /// Writes the cell of a table or of a list of lines: one line, cut where the column is too narrow.
    package func cell(_ row: Row, widest: Int?) -> String {
        let text = EscapedText.of(text(row))
        return widest.map { DisplayWidth.cut(text, to: $0) } ?? text
    }

    private static func reading(_ value: JSONTree) -> String {
        switch value {
        case .null: "–"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let value): value
        case .array(let elements): elements.map(reading).joined(separator: ", ")
        case .object: String(decoding: value.line, as: UTF8.self)
        }
    }
}

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

    /// The age of a moment, for people only: machines have the moment.
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
