import Logging
import PostgresClient
import PostroomAdmin
import PostroomConfiguration
import PostroomConsole
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources

/// Makes the console of what is configured.
enum ConsoleAssembly {
    /// The least length of a token: shorter ones can be guessed.
    static let shortestToken = 16

    /// Makes the rules by which people get into the console.
    ///
    /// - Returns: The rules, and a problem for each token that is missing, too short, or badly kept.
    static func access(
        _ loaded: LoadedConfiguration,
        environment: [String: String]
    ) -> (access: ConsoleAccess, problems: [ConfigurationProblem]) {
        let settings = loaded.configuration.console
        var access = ConsoleAccess(isLoopbackOnly: Loopback.isAddress(loaded.configuration.admin.host))
        var problems: [ConfigurationProblem] = []
        func tokens(_ references: [SecretReference], _ name: String) -> [Sensitive<String>] {
            let key = "\(ConsoleSettings.path).\(name)"
            let found = loaded.resolve(references, at: key, environment: environment)
            problems += found.problems
            if found.secrets.contains(where: { $0.exposed.utf8.count < shortestToken }) {
                let advice =
                    "has a token of fewer than \(shortestToken) characters; make one with: openssl rand -hex 24"
                problems.append(loaded.problem(at: key, advice))
            }
            return found.secrets
        }
        access.readingTokens = tokens(settings.readingTokens, "reading-tokens")
        access.actingTokens = tokens(settings.actingTokens, "acting-tokens")
        access.sessionLength = settings.session
        access.url = settings.url
        if let header = settings.proxyHeader {
            let addresses = settings.proxyAddresses
            access.proxy = TrustedProxy(header: header, acting: settings.proxyActing) { peer in
                addresses.contains { $0.contains(peer) }
            }
        }
        return (access, problems)
    }
}

/// The console of a process: its pages, and its connections to each server.
struct ConsoleParts: Sendable {
    let pages: any AdminPages
    let connections: [ConsoleConnections]

    /// Puts the console together.
    ///
    /// - Throws: ``InvalidConfiguration`` that names each token that is missing or too short; `nil` where there is none.
    init?(
        _ loaded: LoadedConfiguration,
        sources: SourceRegistry,
        types: EventTypes,
        environment: [String: String],
        logger: Logger
    ) throws(InvalidConfiguration) {
        guard loaded.configuration.console.isEnabled else { return nil }
        let (access, problems) = ConsoleAssembly.access(loaded, environment: environment)
        guard !problems.hasError else { throw InvalidConfiguration(problems: problems) }
        let isInUse = Observed(false)
        let endpoints = loaded.configuration.endpoints.map { settings in
            ConfiguredEndpoint(
                name: settings.name,
                source: settings.source,
                secretNames: settings.secrets.map(\.description),
                expectedEvery: settings.expectedEvery
            )
        }
        var consoles: [Console] = []
        var connections: [ConsoleConnections] = []
        for var database in loaded.configuration.database.places {
            database.statementTimeout = min(database.statementTimeout, ConsoleConnections.statementTimeout)
            let inbox = Inbox(configuration: database, loop: PollLoop(), logger: logger)
            let console = Console(
                access: access,
                inbox: inbox,
                sources: sources,
                endpoints: endpoints,
                mayEdit: loaded.configuration.deadLetters.edit,
                isInUse: isInUse,
                logger: logger
            ) { delivery in
                types.unreadableReason(of: delivery)?.description
            }
            consoles.append(console)
            connections.append(ConsoleConnections(inbox: inbox, isInUse: isInUse))
        }
        pages = consoles[0].place == nil ? consoles[0] : ServersConsole(consoles, access: access)
        self.connections = connections
    }
}
