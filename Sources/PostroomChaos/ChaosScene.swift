import PostroomCore

/// A run on a database that is ready: nodes, sender and faults together, the drain, and the judgement.
struct ChaosScene: Sendable {
    let settings: ChaosSettings
    /// The servers by their numbers, one as a rule.
    let servers: [ChaosServer]
    let files: RunFiles
    let fleet: Fleet
    let tell: @Sendable (String) -> Void

    private let log = SentLog()
    private let records = FaultRecords()

    init(
        settings: ChaosSettings,
        servers: [ChaosServer],
        files: RunFiles,
        fleet: Fleet,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.servers = servers
        self.files = files
        self.fleet = fleet
        self.tell = tell
    }

    /// The time that the nodes may take to come up.
    private static let startLimit = Duration.seconds(60)
    /// The time after the last fault in which owed jobs must be done, and refused deliveries accepted.
    private static let drainLimit = Duration.seconds(90)

    /// Plays it to its end; whatever fails or is cancelled, no node outlives it.
    ///
    /// - Returns: The ledger.
    func play() async throws -> ChaosReport {
        try await withThrowingTaskGroup(of: ChaosReport?.self) { group in
            for server in servers {
                group.addTask {
                    await server.database.run()
                    return nil
                }
            }
            group.addTask {
                try await fleet.run()
                return nil
            }
            group.addTask {
                await StallWatch(records: records, lease: settings.lease).run()
                return nil
            }
            group.addTask { try await report() }
            defer { group.cancelAll() }
            while let report = try await group.next() {
                if let report {
                    return report
                }
            }
            throw CancellationError()
        }
    }

    private func report() async throws -> ChaosReport {
        try await waitForNodes()
        tell("sending \(settings.rate) deliveries/s for \(settings.duration), seed \(settings.seed)")
        let watch = RecoveryWatch(servers: servers, log: log)
        let resources = ResourceWatch(servers: servers, fleet: fleet, files: files)
        let invisible = try await disturb(watch, resources)
        tell("waiting until nothing is owed")
        let unfinished = await watch.drain(atMost: Self.drainLimit * settings.patience)
        try Task.checkCancellation()
        await fleet.retire(within: FaultRunner.endingLimit * settings.patience)
        tell("judging")
        let reader = EvidenceReader(
            servers: servers,
            files: files,
            fleet: fleet,
            records: records,
            lease: settings.lease
        )
        var evidence = try await reader.read()
        evidence.sent = log.all
        evidence.invisible = invisible
        evidence.unfinished = unfinished
        evidence.peaks = resources.peaks.current
        evidence.recoveries = records.recoveries(lease: settings.lease, patience: settings.patience)
        return ChaosReport(evidence, Oracle.judge(evidence), records.all, settings)
    }

    /// Waits until every node is up and every handler is known: each receives only what is accepted after that.
    private func waitForNodes() async throws {
        tell("starting \(fleet.nodes.count) nodes")
        let names = ChaosHandlers.always(on: servers.count).count
        let deadline = ContinuousClock.now + Self.startLimit * settings.patience
        for node in fleet.nodes where node.role.receives {
            guard await node.state.wait(atMost: deadline - .now, until: { $0.port != nil }) else {
                try Task.checkCancellation()
                throw ChaosFailure("node \(node.number) does not listen; its log is in \(files.folder)")
            }
        }
        while .now < deadline {
            let known = await servers.numbers { "SELECT count(*) FROM \($0.schema).handler" }
            if known?.allSatisfy({ $0 >= names }) == true {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw ChaosFailure("the handlers were not registered; the nodes' logs are in \(files.folder)")
    }

    /// Sends and makes faults at the same time, until both have come to their end.
    ///
    /// - Returns: The deliveries that were accepted before they were there.
    private func disturb(_ watch: RecoveryWatch, _ resources: ResourceWatch) async throws -> [DeliveryID] {
        try await ChaosClient.with { client in
            let sender = ChaosSender(
                maker: DeliveryMaker(seed: settings.seed, subjects: max(16, settings.rate / 4)),
                rate: settings.rate,
                seed: settings.seed,
                log: log,
                client: client,
                ports: { fleet.ports },
                isVisible: isVisible,
                ended: { watch.isSending.update { $0 = false } }
            )
            let faults = FaultRunner(
                settings: settings,
                fleet: fleet,
                servers: servers,
                records: records,
                watch: watch,
                tell: { fault in
                    let counts = log.counts
                    tell("\(counts.accepted) of \(counts.sent) accepted; \(fault)")
                }
            )
            let deadline = ContinuousClock.now + settings.duration
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await resources.run()
                    return false
                }
                group.addTask {
                    await sender.run(for: settings.duration, patience: Self.drainLimit * settings.patience)
                    return true
                }
                group.addTask {
                    try await faults.run(until: deadline)
                    return true
                }
                defer { group.cancelAll() }
                var ended = 0
                while ended < 2, let isDone = try await group.next() {
                    ended += isDone ? 1 : 0
                }
            }
            return sender.invisible.current
        }
    }

    /// Asks the database for a delivery that was just accepted.
    @Sendable private func isVisible(_ id: DeliveryID) async -> Bool? {
        guard let database = servers.holder(of: id)?.database else { return false }
        let rows = try? await database.query("SELECT count(*) FROM \(database.schema).delivery WHERE id = \(id)")
        return rows?.first?.first.flatMap(\.self).map { $0 != "0" }
    }
}
