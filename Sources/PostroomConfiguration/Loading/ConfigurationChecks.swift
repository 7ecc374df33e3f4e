import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources

/// Checks of settings against each other.
struct ConfigurationChecks {
    /// The sources that an endpoint can have.
    let sources: SourceRegistry

    /// Reports settings that do not fit together.
    func check(_ configuration: ProgramConfiguration, _ findings: inout Findings) {
        checkTLS(configuration.receiver, &findings)
        checkPorts(configuration, &findings)
        checkServers(configuration.database, &findings)
        for problem in configuration.console.problems {
            report("\(ConsoleSettings.path).\(problem.setting)", problem.advice, &findings)
        }
        for endpoint in configuration.endpoints {
            check(endpoint, &findings)
            if let limit = endpoint.bodyLimit, limit > configuration.receiver.limits.bodyBytes {
                let memory = ByteSize(bytes: configuration.receiver.limits.bodyBytes)
                report(
                    endpoint.key("body-limit"),
                    "is more than receiver.body-memory, \(memory); raise that too",
                    &findings
                )
            }
        }
        for forwarder in configuration.forwarders {
            check(forwarder, &findings)
        }
    }

    private func checkTLS(_ receiver: ReceiverConfiguration, _ findings: inout Findings) {
        guard receiver.tls != nil, receiver.certificate == nil || receiver.key == nil else { return }
        let (given, missing) = receiver.key == nil ? ("certificate", "key") : ("key", "certificate")
        report("receiver.tls.\(given)", "receiver.tls.\(missing) is missing; TLS needs both, or neither", &findings)
    }

    private func checkServers(_ database: InboxConfiguration, _ findings: inout Findings) {
        let servers = database.servers
        if !servers.isEmpty, !database.connectionString.isEmpty {
            report("database.urls", "database.url is given too; give one of them", &findings)
        }
        if servers.count > ServerNumber.most {
            report("database.urls", "names \(servers.count) servers, and \(ServerNumber.most) is the most", &findings)
        }
        let used = servers.filter { $0 != InboxConfiguration.retired }
        if Set(used).count < used.count {
            report("database.urls", "names one server twice; each has an inbox of its own", &findings)
        }
        let taking = servers.indices.filter {
            servers[$0] != InboxConfiguration.retired && !database.draining.contains($0)
        }
        if !servers.isEmpty, taking.isEmpty {
            report("database.urls", "leaves no server that takes anything new", &findings)
        }
        for number in database.draining where !servers.indices.contains(number) {
            report("database.draining", "there is no server \(number) in database.urls", &findings)
        }
    }

    private func checkPorts(_ configuration: ProgramConfiguration, _ findings: inout Findings) {
        let (receiver, admin) = (configuration.receiver, configuration.admin)
        let overlaps =
            receiver.host == admin.host || [receiver.host, admin.host].contains { ["0.0.0.0", "::"].contains($0) }
        guard receiver.port == admin.port, receiver.port != 0, overlaps else { return }
        let key = findings.places["admin.port"] == nil ? "receiver.port" : "admin.port"
        report(key, "receiver and admin can't both listen on port \(admin.port); give one of them another", &findings)
    }

    private func check(_ endpoint: EndpointSettings, _ findings: inout Findings) {
        if endpoint.isPending {
            checkPending(endpoint, &findings)
        } else if endpoint.secrets.isEmpty, !findings.problems.hasError(under: endpoint.key("secrets")) {
            let advice = "has no secrets, so anybody could post to it; add secrets: [\"env:NAME\"] or [\"file:PATH\"]"
            report(endpoint.key("secrets"), orAt: endpoint.key(), advice, &findings)
        }
        guard !endpoint.source.rawValue.isEmpty else {
            if !findings.problems.hasError(under: endpoint.key("source")) {
                report(endpoint.key("source"), orAt: endpoint.key(), "is missing; \(adviceOnSources)", &findings)
            }
            return
        }
        guard let definition = sources.definition(of: endpoint.source) else {
            reportUnknownSource(endpoint, &findings)
            return
        }
        let refusals: [(isGiven: Bool, isAllowed: Bool, setting: String, why: String)] = [
            (
                endpoint.header != nil, definition.allowsOtherHeader, "header",
                "its signature always stands in the same header"
            ),
            (endpoint.tolerance != nil, definition.tolerance != nil, "tolerance", "its requests carry no signed time"),
            (
                !endpoint.handshakeTokens.isEmpty, definition.handshake?.needsToken == true, "handshake-tokens",
                "its producer asks for no token"
            ),
        ]
        let misplaced = definition.allowsOtherLocations ? [] : endpoint.locations.given
        for refusal in refusals.filter({ $0.isGiven && !$0.isAllowed }).map({ ($0.setting, $0.why) }) + misplaced {
            let advice = "means nothing for the source '\(endpoint.source)': \(refusal.1); leave it out"
            report(endpoint.key(refusal.0), advice, &findings)
        }
        for problem in endpoint.scheme.problems(isExpected: definition.scheme == .configured) {
            report(endpoint.key(problem.setting), orAt: endpoint.key(), problem.advice, &findings)
        }
    }

    private func checkPending(_ endpoint: EndpointSettings, _ findings: inout Findings) {
        if let definition = sources.definition(of: endpoint.source), definition.pingType == nil {
            let pinging = sources.definitions.filter { $0.pingType != nil }.map { "'\($0.source)'" }
            let names = pinging.joined(separator: " and ")
            let advice =
                "is for a source that sends a ping before its secret can be known, such as \(names); leave it out"
            report(endpoint.key("pending"), advice, &findings)
        }
        if !endpoint.secrets.isEmpty {
            report(endpoint.key("pending"), "has no use beside secrets; take it out now that they are known", &findings)
        }
    }

    private func reportUnknownSource(_ endpoint: EndpointSettings, _ findings: inout Findings) {
        let names = sources.definitions.map(\.source.rawValue)
        let nearest = Suggestion.nearest(to: endpoint.source.rawValue, in: names)
        let advice =
            endpoint.source == .sql
            ? "is what SQL's enqueue stores, without HTTP and without configuration; \(adviceOnSources)"
            : "unknown source; " + (nearest.map { "did you mean '\($0)'?" } ?? adviceOnSources)
        let key = endpoint.key("source")
        let found = DisplayedValue.of(endpoint.source.rawValue)
        findings.report(ConfigurationProblem(at: findings.places[key] ?? .nowhere, key: key, found: found, advice))
    }

    private var adviceOnSources: String {
        "the sources are \(Suggestion.list(sources.definitions.map(\.source.rawValue)).replacing(" or ", with: " and "))"
    }

    func report(
        _ key: String,
        orAt fallback: String? = nil,
        _ advice: String,
        _ findings: inout Findings
    ) {
        let place = findings.places[key] ?? fallback.flatMap { findings.places[$0] } ?? .nowhere
        findings.report(ConfigurationProblem(at: place, key: key, advice))
    }
}
