import Postroom

/// The plain program: it receives and administers, and has no handlers of its own.
@main
struct PostroomTool: PostroomProgram {
    func register(on handlers: inout HandlerRegistry) {}
}
