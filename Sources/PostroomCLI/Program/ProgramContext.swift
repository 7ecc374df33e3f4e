import PostroomCore

/// What a verb knows of the program that it runs in.
struct ProgramContext: Sendable {
    /// The name under which it was started.
    var name = "postroom"
    /// The path under which it was started, for lines that a person can copy.
    var path = "postroom"
    /// Its handlers.
    var handlers = HandlerRegistry()
    /// The environment variables.
    var environment: [String: String] = [:]

    /// The program whose verb runs now.
    @TaskLocal static var current = ProgramContext()
}
