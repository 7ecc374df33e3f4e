import PostroomCLI

/// The plain program: it receives and administers, has no handlers of its own, and two verbs more than a program with
/// handlers: `bench` and `chaos`.
@main
enum PostroomTool {
    static func main() async {
        await ProgramEntry.run(verbs: [BenchCommand.self, ChaosCommand.self, ChaosNodeCommand.self])
    }
}
