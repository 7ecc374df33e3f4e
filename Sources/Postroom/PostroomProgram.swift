import PostroomCLI
public import PostroomCore

/// A program with every verb of `postroom` and handlers of its own.
///
/// ```swift
/// import Postroom
///
/// @main
/// struct AcmeWorker: PostroomProgram {
///     func register(on handlers: inout HandlerRegistry) {
///         handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
///             try await crm.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
///         }
///     }
/// }
/// ```
public protocol PostroomProgram: Sendable {
    /// Makes the program; what handlers need is opened here or in ``register(on:)``.
    init()

    /// Registers the program's handlers. A program without any receives and administers, and works on nothing.
    ///
    /// - Parameter handlers: The registry to register them with.
    func register(on handlers: inout HandlerRegistry)
}

extension PostroomProgram {
    /// Runs the verb that the command line names, and ends the process with its exit status.
    @concurrent
    public static func main() async {
        await ProgramEntry.run { handlers in Self().register(on: &handlers) }
    }
}
