import PostroomCLI
public import PostroomCore
public import PostroomSources
public import ServiceLifecycle

/// A program with every verb of `postroom` but `bench` and `chaos`, and with handlers of its own.
///
/// ```swift
/// import Postroom
///
/// @main
/// struct AcmeWorker: PostroomProgram {
///     let crm: CRMClient
///
///     init() async throws {
///         crm = try await CRMClient.connect()
///     }
///
///     var services: [any Service] { [crm] }
///
///     func register(on handlers: inout HandlerRegistry) {
///         handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
///             try await crm.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
///         }
///     }
/// }
/// ```
public protocol PostroomProgram: Sendable {
    /// Names the logging and metrics systems that the program has set up itself; all are Postroom's unless said.
    ///
    /// The verbs that run handlers, `serve` and `dev`, call it before everything else. A program with systems of its own
    /// bootstraps them here, tracing included, and nowhere else:
    ///
    /// ```swift
    /// static func observability() async throws -> Observability {
    ///     MetricsSystem.bootstrap(metrics)
    ///     InstrumentationSystem.bootstrap(tracer)
    ///     return Observability(metrics: metrics)
    /// }
    /// ```
    ///
    /// - Returns: The program's own systems; what it leaves out Postroom sets up.
    /// - Throws: The reason why the program can't start; it is told like an error of ``init()``.
    static func observability() async throws -> Observability

    /// The sections of the configuration file that are the program's own, so that one file serves both; none unless said.
    static var configurationSections: Set<String> { get }

    /// Makes the program, and opens what its handlers need.
    ///
    /// Only the verbs that run handlers make the program: `serve` and `dev`, once, before anything is received. An error
    /// is told in one line, and ends the process with exit status 1.
    ///
    /// - Throws: The reason why the program can't start.
    init() async throws

    /// The services that the handlers need, for example pools of connections; none unless said.
    ///
    /// They run in one group with the receiver and the worker. All of them are started before the first attempt; at a
    /// graceful shutdown they are told to end after the last one, the last of them first. A service that ends by itself
    /// ends the program, and one that fails ends it with exit status 1.
    var services: [any Service] { get }

    /// Registers sources of the program's own beside those that come with Postroom; none unless said.
    ///
    /// Sources are data that every verb needs, those too that don't make the program: so this belongs to the type. A name
    /// that is taken or ill-formed ends the process with exit status 64.
    ///
    /// - Parameter sources: The registry to register them with.
    static func register(on sources: inout SourceRegistry)

    /// The result of the method by which an instance registers sources: it is inferred, and ``NoInstanceSources`` where the
    /// program has none.
    associatedtype InstanceSources = NoInstanceSources

    /// Registers sources that only an instance knows.
    ///
    /// Every verb then has to make the program before it reads its own arguments, before Postroom sets up its log and its
    /// metrics, and fails where `init` does: the compiler warns of it. Let the type register them instead.
    ///
    /// - Parameter sources: The registry to register them with.
    /// - Returns: Nothing, where the program has such a method.
    /// - Throws: The reason why the program can't start; it is told like an error of ``init()``.
    func register(on sources: inout SourceRegistry) throws -> InstanceSources

    /// Registers the program's handlers. A program without any receives and administers, and works on nothing.
    ///
    /// - Parameter handlers: The registry to register them with.
    /// - Throws: The reason why the program can't start; it is told like an error of ``init()``.
    func register(on handlers: inout HandlerRegistry) throws
}

extension PostroomProgram {
    /// Postroom's own log and metrics.
    public static func observability() async throws -> Observability {
        Observability()
    }

    /// No sections.
    public static var configurationSections: Set<String> {
        []
    }

    /// No services.
    public var services: [any Service] {
        []
    }

    /// No sources.
    public static func register(on sources: inout SourceRegistry) {}

    /// Makes the program, lets it register its sources, and runs the verb that the command line names.
    @available(
        *,
        deprecated,
        message: "declare 'static func register(on sources:)', else every verb makes the program to know its sources"
    )
    @concurrent
    public static func main() async {
        await ProgramEntry.run(
            sections: Self.configurationSections,
            telemetry: { try await Self.observability().telemetry },
            first: {
                let program = try await Self()
                var sources = registeredSources
                _ = try program.register(on: &sources)
                return (sources, { try parts(of: program) })
            }
        )
    }

    fileprivate static var registeredSources: SourceRegistry {
        var sources = SourceRegistry.builtIn
        register(on: &sources)
        return sources
    }

    fileprivate static func parts(of program: Self) throws -> ProgramParts {
        var handlers = HandlerRegistry()
        try program.register(on: &handlers)
        return ProgramParts(handlers: handlers, services: program.services)
    }
}

extension PostroomProgram where InstanceSources == NoInstanceSources {
    /// No sources.
    public func register(on sources: inout SourceRegistry) -> NoInstanceSources {
        NoInstanceSources()
    }

    /// Runs the verb that the command line names, and ends the process with its exit status.
    @concurrent
    public static func main() async {
        await ProgramEntry.run(
            sources: registeredSources,
            sections: Self.configurationSections,
            telemetry: { try await Self.observability().telemetry },
            make: { try parts(of: try await Self()) }
        )
    }
}

extension Observability {
    fileprivate var telemetry: ProgramTelemetry {
        ProgramTelemetry(logger: logger, metrics: metrics)
    }
}

/// The mark of a program whose type registers its sources, as it should.
public struct NoInstanceSources: Sendable {
    fileprivate init() {}
}
