import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters show`.
struct DeadLettersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter: its delivery, its headers, and every failed attempt.",
        discussion: """
            Values of headers that authenticate are not shown. Sensitive values in a body, and bodies that are no JSON \
            object, are shown as ••• unless --show-sensitive asks for them.
            """
    )

    @Argument(help: "The dead letter's id, as the list has it.")
    var id: Int64

    @OptionGroup var show: ShowOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = id
        guard let letter = try await inbox.withInbox({ try await $0.deadLetter(id) }) else {
            throw CommandFailure(
                .failed,
                "there is no dead letter \(id); it may have been replayed or discarded already"
            )
        }
        let body = show.body ? ShownBody(of: letter.delivery, show.form) : nil
        try CommandOutput.write { output in
            DeadLetterView(letter: letter, body: body).write(to: output, now: .now, show.json)
        }
    }
}
