import CLibrary
import PostroomConfiguration
import PostroomCore
import PostroomForwarders
import PostroomInbox
import PostroomSources
import PostroomWorker
import ServiceLifecycle

/// Makes forwarders of what is configured: handlers without code.
enum ForwarderAssembly {
    /// The forwarders of a configuration.
    struct Forwarders {
        /// The forwarders.
        var handlers: [Forwarder] = []
        /// The services that they need.
        var services: [any Service] = []
    }

    /// Adds the forwarders to what a program's author wrote.
    ///
    /// - Throws: ``InvalidConfiguration`` that names each one that can't work, or whose name a handler in code has.
    static func added(
        to program: ProgramParts,
        _ loaded: LoadedConfiguration,
        environment: [String: String]
    ) throws(InvalidConfiguration) -> ProgramParts {
        let (forwarders, problems) = assemble(loaded, environment: environment)
        let taken = forwarders.handlers.map(\.name)
            .filter { name in program.handlers.handlers.contains { $0.name == name } }
            .map { name in
                loaded.problem(
                    at: ForwarderSettings(name: name).key(),
                    "a handler in code has that name; the name is how the database tells them apart"
                )
            }
        guard !(problems + taken).hasError else { throw InvalidConfiguration(problems: (problems + taken).inOrder) }
        var parts = program
        for forwarder in forwarders.handlers {
            parts.handlers.register(forwarder, as: forwarder.kind)
        }
        parts.services += forwarders.services
        return parts
    }

    /// Makes those forwarders that can be made.
    ///
    /// - Returns: The forwarders, and a problem for each that can't work.
    static func assemble(
        _ loaded: LoadedConfiguration,
        environment: [String: String]
    ) -> (forwarders: Forwarders, problems: [ConfigurationProblem]) {
        let servers = loaded.configuration.database.places.count
        var maker = ForwarderMaker(loaded: loaded, environment: environment)
        var forwarders = Forwarders()
        for settings in loaded.configuration.forwarders where !loaded.problems.hasError(under: settings.key()) {
            let options = HandlerOptions(
                retry: settings.policy,
                timeout: settings.timeout,
                isTransactional: settings.kinds == [.sql],
                limits: settings.limits.handlerLimits,
                order: settings.limits.handlerOrder
            )
            for problem in options.problems(sharedAmong: servers) {
                maker.report(settings.key(), "can't work with \(servers) servers: \(problem)")
            }
            guard let target = maker.target(settings) else { continue }
            forwarders.handlers.append(
                Forwarder(
                    name: settings.name,
                    events: settings.events,
                    options: options,
                    orderKey: settings.limits.orderKey.location,
                    limitKey: settings.limits.limitKey.location,
                    target: target
                )
            )
            if let service = target as? any Service {
                forwarders.services.append(service)
            }
        }
        return (forwarders, maker.problems.inOrder)
    }
}

/// Makes the targets of forwarders, and collects what is wrong with them.
private struct ForwarderMaker {
    private let loaded: LoadedConfiguration
    private let environment: [String: String]
    /// The problems of all that was made, or could not be.
    private(set) var problems: [ConfigurationProblem] = []

    init(loaded: LoadedConfiguration, environment: [String: String]) {
        self.loaded = loaded
        self.environment = environment
    }

    /// Makes the target of a forwarder; `nil` where it can't work.
    mutating func target(_ settings: ForwarderSettings) -> (any ForwardTarget)? {
        switch settings.kinds.first {
        case .http: http(settings)
        case .exec: exec(settings)
        case .sql: sql(settings)
        case nil: nil
        }
    }

    private mutating func http(_ settings: ForwarderSettings) -> HTTPForwarder? {
        let before = problems.count
        let secrets = secrets(settings.http.secrets, at: settings.key("http.secret"))
        let headers = values(settings.http.headers, at: settings.key("http.headers"))
        for (index, header) in settings.http.headers.enumerated() where isOwn(header.name) {
            report(settings.key("http.headers[\(index)]"), "is written by the forwarder itself; leave it out")
        }
        guard let target = target(at: settings.http.url ?? "", settings) else { return nil }
        if let file = settings.http.authorities, access(file, R_OK) != 0 {
            report(settings.key("http.ca"), "can't be read: \(FileProblem(code: errno).reason)")
        }
        guard !problems.dropFirst(before).contains(where: { $0.severity == .error }) else { return nil }
        var made = HTTPForwarder.Settings(target: target)
        made.secrets = secrets.map { Secret($0.exposed) }
        made.headers = headers
        made.allowsPrivate = settings.http.allowsPrivate
        made.authorities = settings.http.authorities
        made.connectTimeout = settings.http.connectTimeout
        made.answerLimit = settings.http.answerLimit
        made.connections = settings.limits.concurrency ?? loaded.configuration.worker.attemptsPerHandler
        do throws(SecretProblem) {
            return try HTTPForwarder(made)
        } catch {
            let place = error.position.map { "http.secret[\($0 - 1)]" } ?? "http.secret"
            report(settings.key(place), error.description)
            return nil
        }
    }

    private mutating func target(at url: String, _ settings: ForwarderSettings) -> HTTPTarget? {
        let key = settings.key("http.url")
        do throws(HTTPTarget.Problem) {
            let target = try HTTPTarget(url)
            if !settings.http.allowsPrivate, let refusal = target.refusal {
                report(key, "\(refusal); set http.allow-private: true if that is meant")
                return nil
            }
            if !target.isSecure, !settings.http.allowsPrivate {
                let advice = "bodies would go over the internet in clear; use https://"
                problems.append(loaded.problem(.warning, at: key, advice))
            }
            return target
        } catch {
            report(key, error.description)
            return nil
        }
    }

    private func sql(_ settings: ForwarderSettings) -> FunctionForwarder? {
        settings.sql.function.map { function in
            FunctionForwarder(
                name: function.description,
                quoted: function.quoted,
                permanent: settings.sql.permanent.map(\.description),
                timeout: settings.timeout
            )
        }
    }

    private mutating func exec(_ settings: ForwarderSettings) -> ExecForwarder? {
        let before = problems.count
        var variables = values(settings.exec.environment, at: settings.key("exec.environment"))
        if let path = settings.exec.path {
            variables.append((name: "PATH", value: Sensitive(path)))
        }
        let program = settings.exec.command.first ?? ""
        if let problem = ExecForwarder.problem(withProgram: program) {
            report(settings.key("exec.command"), problem)
        }
        guard !problems.dropFirst(before).contains(where: { $0.severity == .error }) else { return nil }
        return ExecForwarder(
            command: settings.exec.command,
            variables: variables,
            directory: settings.exec.directory,
            retryAfter: settings.exec.retryAfter
        )
    }

    /// Reads the values of names; all or none, where one is missing.
    private mutating func values(
        _ references: [NamedReference],
        at key: String
    ) -> [(name: String, value: Sensitive<String>)] {
        let values = secrets(references.map(\.reference), at: key)
        guard values.count == references.count else { return [] }
        return zip(references, values).map { (name: $0.name, value: $1) }
    }

    /// Reads the secrets that there are.
    private mutating func secrets(_ references: [SecretReference], at key: String) -> [Sensitive<String>] {
        let found = loaded.resolve(references, at: key, environment: environment)
        problems += found.problems
        return found.secrets
    }

    private func isOwn(_ header: String) -> Bool {
        let name = header.lowercased()
        return HTTPForwarder.ownFields.contains(name) || name.hasPrefix(HTTPForwarder.prefix.lowercased())
    }

    mutating func report(_ key: String, _ advice: String) {
        problems.append(loaded.problem(at: key, advice))
    }
}
