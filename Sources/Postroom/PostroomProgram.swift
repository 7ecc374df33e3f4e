import PostroomCLI
public import PostroomCore
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

    /// Registers the program's handlers. A program without any receives and administers, and works on nothing.
    ///
    /// - Parameter handlers: The registry to register them with.
    /// - Throws: The reason why the program can't start; it is told like an error of ``init()``.
    func register(on handlers: inout HandlerRegistry) throws
}

extension PostroomProgram {
    /// No services.
    public var services: [any Service] {
        []
    }

    /// Runs the verb that the command line names, and ends the process with its exit status.
    @concurrent
    public static func main() async {
        await ProgramEntry.run {
            let program = try await Self()
            var handlers = HandlerRegistry()
            try program.register(on: &handlers)
            return ProgramParts(handlers: handlers, services: program.services)
        }
    }
}
