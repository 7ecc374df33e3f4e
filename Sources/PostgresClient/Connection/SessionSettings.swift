/// A setting of the server that a session is given.
package struct PostgresSetting: Hashable, Sendable {
    /// The condition under which a setting is made.
    package enum Rule: Hashable, Sendable {
        /// On every server.
        case always
        /// On a server that knows it, as later versions do.
        case whereKnown
        /// In the place of that value.
        case insteadOf(String)
    }

    /// The setting's name.
    package let name: String
    /// The value it is given.
    package let value: String
    /// The condition under which it is made.
    package let rule: Rule

    /// Describes a setting.
    package init(_ name: String, _ value: String, _ rule: Rule = .always) {
        self.name = name
        self.value = value
        self.rule = rule
    }
}

/// The settings of a session, each name once.
package struct PostgresSettings: Sendable, ExpressibleByDictionaryLiteral {
    private var byName: [String: PostgresSetting] = [:]

    /// Collects settings; of two with one name, the later holds.
    package init(_ settings: [PostgresSetting]) {
        for setting in settings { byName[setting.name] = setting }
    }

    /// Collects settings that are made on every server.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { PostgresSetting($0.0, $0.1) })
    }

    /// Adds settings; they replace those that have the same name.
    package func merging(_ others: PostgresSettings) -> PostgresSettings {
        PostgresSettings(sorted + others.sorted)
    }

    /// The value that a setting is given, `nil` where it is left alone.
    subscript(name: String) -> String? { byName[name]?.value }

    /// The settings in the order of their names.
    var sorted: [PostgresSetting] { byName.values.sorted { $0.name < $1.name } }

    /// The statement that makes all of them, for the session or for the transaction that it stands in.
    ///
    /// It means the same whatever the session's search path and string syntax are. Settings of the beginning of
    /// transactions are left out for one that has begun.
    package func statement(isLocal: Bool) -> String {
        let made = sorted.filter { !isLocal || !$0.name.hasPrefix("default_transaction_") }
        return "SELECT " + made.map { Self.call($0, isLocal: isLocal) }.joined(separator: ", ")
    }

    /// The call that makes one setting.
    private static func call(_ setting: PostgresSetting, isLocal: Bool) -> String {
        let name = quoted(setting.name)
        let call = "pg_catalog.set_config(\(name), \(quoted(setting.value)), \(isLocal))"
        switch setting.rule {
        case .always:
            return call
        case .whereKnown:
            return "CASE WHEN pg_catalog.current_setting(\(name), true) IS NOT NULL THEN \(call) END"
        case .insteadOf(let value):
            let current = "pg_catalog.current_setting(\(name))"
            return "CASE WHEN \(current) OPERATOR(pg_catalog.=) \(quoted(value)) THEN \(call) END"
        }
    }

    /// A literal that means the same whatever `standard_conforming_strings` is.
    private static func quoted(_ text: String) -> String {
        let doubled = text.replacing("'", with: "''").replacing("\\", with: "\\\\")
        return text.contains("\\") ? "E'\(doubled)'" : "'\(doubled)'"
    }
}

extension PostgresConfiguration {
    /// The time-outs and the settings.
    ///
    /// A time-out of zero is set too: a role or a database may have another one.
    private var allSettings: PostgresSettings {
        settings.merging([
            "statement_timeout": String(max(0, statementTimeout.milliseconds)),
            "lock_timeout": String(max(0, lockTimeout.milliseconds)),
        ])
    }

    /// The statement that makes the settings for the session.
    ///
    /// Not options of the connection: poolers refuse those, and the environment's time zone would come after them.
    var sessionSettings: String { allSettings.statement(isLocal: false) }

    /// The statement that makes the settings for the transaction that it begins.
    ///
    /// `SET LOCAL` would do the same with a warning each time, as there is no `BEGIN` before it.
    var transactionSettings: String { allSettings.statement(isLocal: true) }
}
