import PostroomCore

/// The handlers that programs registered, and the version of them.
struct DirectoryTable {
    private var version: Int64 = 1
    private var entries: [HandlerName: HandlerDirectory.Entry] = [:]

    var snapshot: HandlerDirectory {
        HandlerDirectory(version: version, entries: entries.values.sorted { $0.name < $1.name })
    }

    func isStale(_ known: Int64) -> Bool {
        known != version
    }

    func isPaused(_ handler: HandlerName) -> Bool {
        entries[handler]?.isPaused ?? true
    }

    mutating func record(_ handler: HandlerName, _ patterns: [EventPattern], at now: Timestamp, after batch: BatchID) {
        let known = entries[handler]
        guard known?.patterns != patterns else { return }
        entries[handler] = HandlerDirectory.Entry(
            name: handler,
            patterns: patterns,
            recordedAt: known?.recordedAt ?? now,
            afterBatch: known?.afterBatch ?? batch,
            isPaused: known?.isPaused ?? false,
            originalName: known?.originalName
        )
        version += 1
    }

    mutating func pause(_ handler: HandlerName, _ isPaused: Bool) {
        guard let known = entries[handler] else { return }
        entries[handler] = HandlerDirectory.Entry(
            name: handler,
            patterns: known.patterns,
            recordedAt: known.recordedAt,
            afterBatch: known.afterBatch,
            isPaused: isPaused,
            originalName: known.originalName
        )
        version += 1
    }

    mutating func remove(_ handler: HandlerName) {
        if entries.removeValue(forKey: handler) != nil {
            version += 1
        }
    }
}
