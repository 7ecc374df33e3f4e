/// Counts with the right form of a noun.
enum Plural {
    /// The count and the noun: `1 delivery`, `2,000 deliveries`.
    static func of(_ count: Int, _ one: String, _ many: String) -> String {
        "\(HumanText.count(count)) \(count == 1 ? one : many)"
    }
}
