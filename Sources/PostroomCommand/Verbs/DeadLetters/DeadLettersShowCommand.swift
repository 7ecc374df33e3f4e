import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters show`.
struct DeadLettersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter: its delivery, its headers, and every failed attempt.",
        discussion: "Values of headers that authenticate are not shown."
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
        try CommandOutput.write { output in
            guard !show.body else { return BodyDisplay.write(letter.delivery.body, to: output) }
            DeadLetterView(letter: letter).write(to: output, now: .now, show.json)
        }
    }
}
