import PostroomCore
import PostroomSources

extension ConfigurationChecks {
    /// Reports settings of a forwarder that do not fit together.
    func check(_ forwarder: ForwarderSettings, _ findings: inout Findings) {
        checkKinds(forwarder, &findings)
        checkEvents(forwarder, &findings)
        checkHTTP(forwarder, &findings)
        for problem in forwarder.limits.problems {
            report(forwarder.key(problem.setting), orAt: forwarder.key(), problem.advice, &findings)
        }
    }

    private func checkKinds(_ forwarder: ForwarderSettings, _ findings: inout Findings) {
        let kinds = forwarder.kinds
        guard kinds.count == 1, let kind = kinds.first else {
            let advice =
                kinds.isEmpty
                ? "doesn't say where events go; add http: {url: …}, sql: {function: …} or exec: {command: […]}"
                : "can be of one kind only; keep one of \(Suggestion.list(kinds.map(\.rawValue)).replacing(" or ", with: " and "))"
            if !findings.problems.hasError(under: forwarder.key()) {
                report(forwarder.key(), advice, &findings)
            }
            return
        }
        let needed: (isGiven: Bool, setting: String) =
            switch kind {
            case .http: (forwarder.http.url != nil, "http.url")
            case .sql: (forwarder.sql.function != nil, "sql.function")
            case .exec: (!forwarder.exec.command.isEmpty, "exec.command")
            }
        if !needed.isGiven, !findings.problems.hasError(under: forwarder.key(needed.setting)) {
            report(forwarder.key(needed.setting), orAt: forwarder.key(), "is missing", &findings)
        }
    }

    private func checkEvents(_ forwarder: ForwarderSettings, _ findings: inout Findings) {
        if forwarder.events.isEmpty, !findings.problems.hasError(under: forwarder.key("events")) {
            let advice = "is missing, so that it would never run; add patterns such as \"stripe:invoice.*\""
            report(forwarder.key("events"), orAt: forwarder.key(), advice, &findings)
        }
        let known = sources.definitions.map(\.source.rawValue) + [Source.sql.rawValue]
        for (index, pattern) in forwarder.events.enumerated() {
            guard let source = pattern.source?.rawValue, !known.contains(source) else { continue }
            let nearest = Suggestion.nearest(to: source, in: known)
            let advice =
                "no known source; " + (nearest.map { "did you mean '\($0)'?" } ?? "'postroom sources' lists them")
            let key = forwarder.key("events[\(index)]")
            let place = findings.places[key] ?? findings.places[forwarder.key("events")] ?? .nowhere
            findings.report(ConfigurationProblem(at: place, key: key, found: DisplayedValue.of(source), advice))
        }
    }

    private func checkHTTP(_ forwarder: ForwarderSettings, _ findings: inout Findings) {
        let http = forwarder.http
        if http.sign == .standardWebhooks, http.secrets.isEmpty,
            !findings.problems.hasError(under: forwarder.key("http.secret"))
        {
            let advice = "is missing, and nothing can be signed without it; add secret: \"env:NAME\" or \"file:PATH\""
            report(forwarder.key("http.secret"), orAt: forwarder.key("http.sign"), advice, &findings)
        }
        if http.sign == .none, !http.secrets.isEmpty {
            let advice = "has no use without sign: standard-webhooks; add that, or leave it out"
            report(forwarder.key("http.secret"), advice, &findings)
        }
    }
}
