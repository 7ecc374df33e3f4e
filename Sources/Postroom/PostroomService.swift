public import CoreMetrics
public import Hummingbird
public import Logging
import PostroomCLI
import PostroomConfiguration
public import PostroomCore
import PostroomReceiver
public import ServiceLifecycle

/// The receiver and the worker as one service of a program that has a `ServiceGroup` of its own.
///
/// ```swift
/// var handlers = HandlerRegistry()
/// handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in … }
/// let postroom = try PostroomService(configuration: .init(file: "postroom.yaml"), handlers: handlers)
/// let group = ServiceGroup(services: [crm, postroom], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
///
/// At a graceful shutdown of the group nothing new is received or claimed, what runs may end within the configured grace,
/// and what is left is released; a service that stands before it in the group ends after it. Nothing here ends the process
/// or bootstraps a logging, metrics or tracing system: every failure is thrown.
public struct PostroomService: Service {
    /// The part that the service plays.
    public enum Role: Sendable {
        /// It receives, and works where there are handlers.
        case all
        /// It only receives.
        case receiver
        /// It only works.
        case worker
    }

    private let stack: ServeStack
    private let configuration: Configuration
    private let logger: Logger

    /// Puts the service together; it opens nothing before it runs.
    ///
    /// - Parameters:
    ///   - configuration: The configuration. Its `log` section means nothing here.
    ///   - handlers: The handlers.
    ///   - role: The part that it plays.
    ///   - listensForAdmin: `false` where the program mounts ``routes(context:)`` itself, so that nothing listens on the
    ///     admin address.
    ///   - logger: The logger of everything, the handlers included.
    ///   - metrics: The factory of every series, for example `MetricsSystem.factory`; `nil` counts in a page of Postroom's
    ///     own, at `/metrics`.
    /// - Throws: ``PostroomServiceError`` that names each secret, endpoint or handler that can't work.
    public init(
        configuration: Configuration,
        handlers: HandlerRegistry = HandlerRegistry(),
        role: Role = .all,
        listensForAdmin: Bool = true,
        logger: Logger = Logger(label: "postroom"),
        metrics: (any MetricsFactory)? = nil
    ) throws(PostroomServiceError) {
        self.configuration = configuration
        self.logger = logger
        do {
            stack = try ServeStack(
                configuration.loaded,
                role: role.inside,
                program: ProgramParts(handlers: handlers, sources: configuration.sources),
                telemetry: Telemetry(logger: logger, metrics: metrics),
                environment: configuration.environment,
                listensForAdmin: listensForAdmin
            )
        } catch {
            throw PostroomServiceError(error)
        }
    }

    /// Brings the schema of the inbox to this version of Postroom, as `postroom migrate` does; call it before ``run()``, or
    /// from a deployment step.
    ///
    /// - Throws: ``PostroomServiceError`` where the database can't be reached, or has a newer schema.
    public func migrate() async throws {
        do {
            try await ServeStack.migrate(configuration.loaded.configuration, logger: logger)
        } catch {
            throw PostroomServiceError(error)
        }
    }

    /// Receives and works until its group shuts down gracefully, its task is cancelled, or a part of it fails.
    ///
    /// A database that is not there yet, or has no schema, is waited for.
    ///
    /// - Throws: ``PostroomServiceError`` where a part can't run, for example because its port is taken.
    public func run() async throws {
        do {
            try await stack.run(endingOn: [])
        } catch let error as CancellationError {
            throw error
        } catch {
            throw PostroomServiceError(error)
        }
    }

    /// The routes of the admin address, to be mounted in a router of the program's own: `health/live`, `health/ready`,
    /// `metrics` and the console.
    ///
    /// ```swift
    /// router.addRoutes(postroom.routes(), atPath: "postroom")
    /// ```
    ///
    /// - Parameter context: The type of the router's request context.
    /// - Returns: The routes; those that ask the database are answered while the service runs.
    public func routes<Context: RequestContext>(
        context: Context.Type = BasicRequestContext.self
    ) -> RouteCollection<Context> {
        stack.adminRoutes(context: context)
    }

    /// Returns the port that deliveries are received on once it is bound, for a configured port of 0.
    ///
    /// - Returns: `nil` where the service has no receiver, or ends before it listens.
    public func receiverPort() async -> Int? {
        guard let receiver = stack.receiver else { return nil }
        return try? await receiver.boundAddress().port
    }
}

extension PostroomService.Role {
    fileprivate var inside: ServeRole {
        switch self {
        case .all: .all
        case .receiver: .receiver
        case .worker: .worker
        }
    }
}

/// The reason why the service can't be made, or ended by itself.
public struct PostroomServiceError: Error, CustomStringConvertible {
    /// The problem, its place and the advice, for people.
    public let description: String

    /// Puts an error of the parts into words.
    init(_ error: any Error) {
        description = (error as? CommandFailure)?.message ?? "\(error)"
    }
}
