import PostroomCore

/// The handlers that programs registered, and the version of them.
struct DirectoryTable {
    private var version: Int64 = 1
    private var entries: [HandlerName: HandlerDirectory.Entry] = [:]
    private var rules: [HandlerName: HandlerOrder.Rule] = [:]

    var snapshot: HandlerDirectory {
        HandlerDirectory(version: version, entries: entries.values.sorted { $0.name < $1.name })
    }

    func isStale(_ known: Int64) -> Bool {
        known != version
    }

    func isPaused(_ handler: HandlerName) -> Bool {
        entries[handler]?.isPaused ?? true
    }

    /// The rule of a handler's order; `nil` where its jobs have none.
    func rule(of handler: HandlerName) -> HandlerOrder.Rule? {
        rules[handler]
    }

    mutating func record(
        _ handler: HandlerName,
        _ patterns: [EventPattern],
        _ rule: HandlerOrder.Rule?,
        at now: Timestamp,
        after batch: BatchID
    ) {
        let known = entries[handler]
        guard known?.patterns != patterns || rules[handler] != rule, currentName(handler) == handler else { return }
        rules[handler] = rule
        entries[handler] = HandlerDirectory.Entry(
            name: handler,
            patterns: patterns,
            recordedAt: known?.recordedAt ?? now,
            afterBatch: known?.afterBatch ?? batch,
            isPaused: known?.isPaused ?? false,
            originalName: known?.originalName,
            formerNames: known?.formerNames ?? [],
            isOrdered: rule != nil,
            mayHaveKeys: known?.mayHaveKeys ?? false
        )
        version += 1
    }

    /// True where a handler had another name.
    var hasFormerNames: Bool {
        entries.values.contains { !$0.formerNames.isEmpty }
    }

    /// The name that a handler has now.
    func currentName(_ handler: HandlerName) -> HandlerName {
        entries.values.first { $0.formerNames.contains(handler) }?.name ?? handler
    }

    /// Gives a handler another name, unless there is none of the former or one of the new.
    ///
    /// - Returns: `true` where it was renamed.
    mutating func rename(_ handler: HandlerName, to name: HandlerName) -> Bool {
        guard entries[name] == nil, currentName(name) == name || currentName(name) == handler,
            let known = entries.removeValue(forKey: handler)
        else { return false }
        entries[name] = HandlerDirectory.Entry(
            name: name,
            patterns: known.patterns,
            recordedAt: known.recordedAt,
            afterBatch: known.afterBatch,
            isPaused: known.isPaused,
            originalName: known.originalName,
            formerNames: (known.formerNames + [handler]).filter { $0 != name }.sorted(),
            isOrdered: known.isOrdered,
            mayHaveKeys: known.mayHaveKeys
        )
        rules[name] = rules.removeValue(forKey: handler)
        version += 1
        return true
    }

    mutating func pause(_ handler: HandlerName, _ isPaused: Bool) {
        guard let known = entries[handler] else { return }
        entries[handler] = HandlerDirectory.Entry(
            name: handler,
            patterns: known.patterns,
            recordedAt: known.recordedAt,
            afterBatch: known.afterBatch,
            isPaused: isPaused,
            originalName: known.originalName,
            formerNames: known.formerNames,
            isOrdered: known.isOrdered,
            mayHaveKeys: known.mayHaveKeys
        )
        version += 1
    }

    mutating func remove(_ handler: HandlerName) {
        if entries.removeValue(forKey: handler) != nil {
            version += 1
        }
    }
}
