extension PostgresConfiguration {
    /// The time-outs and the settings, by name.
    var allSettings: [(name: String, value: String)] {
        var settings = settings
        if statementTimeout > .zero {
            settings["statement_timeout"] = String(statementTimeout.milliseconds)
        }
        if lockTimeout > .zero {
            settings["lock_timeout"] = String(lockTimeout.milliseconds)
        }
        return settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// The statement that applies time-outs and settings to the transaction that it begins, where that is needed.
    ///
    /// `SET LOCAL` would do the same with a warning each time, as there is no `BEGIN` before it.
    var transactionSettings: String? {
        let settings = settingsLastForSession ? [] : allSettings
        guard !settings.isEmpty else { return nil }
        let calls = settings.map { setting in
            "set_config(\(Self.quoted(setting.name)), \(Self.quoted(setting.value)), true)"
        }
        return "SELECT " + calls.joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        let doubled = text.replacing("'", with: "''").replacing("\\", with: "\\\\")
        return text.contains("\\") ? "E'\(doubled)'" : "'\(doubled)'"
    }
}
