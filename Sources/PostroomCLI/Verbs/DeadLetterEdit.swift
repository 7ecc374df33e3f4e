import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PostroomSources

/// `postroom dead-letters edit`.
struct DeadLettersEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Give a dead letter's handler the delivery with another body.",
        discussion: """
            The body becomes a new delivery that names its origin and that this handler alone gets; the letter is closed in the \
            same transaction. It is off unless the configuration says dead-letters: {edit: true}, and the audit keeps the reason \
            and the difference, without sensitive values.
            """
    )

    @Argument(help: "The dead letter's id, as the list has it.")
    var id: Int64

    @Option(name: .long, help: ArgumentHelp("The new body; - reads standard input.", valueName: "file"))
    var body: String

    @Option(name: .long, help: "Your reason, which the audit keeps.", transform: FilterText.name)
    var reason: String

    @Flag(name: .long, help: "Change nothing; say what would be different.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let configuration = try inbox.common.load().configuration
        guard configuration.deadLetters.edit else {
            throw CommandFailure(
                .failed,
                "nobody may edit dead letters here: set dead-letters.edit to true where somebody may, and see the guide"
            )
        }
        let (id, reason, dryRun) = (id, reason, dryRun)
        let replacement = try GivenBody.read(body)
        let outcome = try await inbox.withInbox(of: ServerNumber.of(id: id)) {
            inbox -> (difference: BodyDifference, successor: DeliveryID?) in
            guard let letter = try await inbox.deadLetter(id) else {
                // The refusal says what became of it.
                _ = try await inbox.editDeadLetter(id, body: replacement, because: reason, difference: "null")
                throw CommandFailure(
                    .failed,
                    "there is no dead letter \(id); 'dead-letters list' shows those there are"
                )
            }
            let difference = BodyDifference(
                from: letter.delivery.body,
                to: replacement,
                source: letter.delivery.source,
                sources: ProgramContext.current.sources
            )
            guard !dryRun else { return (difference, nil) }
            return (
                difference,
                try await inbox.editDeadLetter(id, body: replacement, because: reason, difference: difference.json)
            )
        }
        try CommandOutput.write { output in
            output.line(EscapedText.of(outcome.difference.words))
            if let successor = outcome.successor {
                output.line("delivery \(successor)")
                output.note("follow it with '\(ProgramContext.current.path) deliveries why \(successor)'")
            }
        }
    }

}
