import ArgumentParser
package import PostroomCore

/// What a verb knows of the program that it runs in.
package struct ProgramContext: Sendable {
    /// The name under which it was started.
    package var name = "postroom"
    /// The path under which it was started, for lines that a person can copy.
    package var path = "postroom"
    /// Its handlers.
    package var handlers = HandlerRegistry()
    /// The verbs that only this program has.
    var verbs: [any ParsableCommand.Type] = []
    /// The environment variables.
    package var environment: [String: String] = [:]

    /// The program whose verb runs now.
    @TaskLocal package static var current = ProgramContext()
}
