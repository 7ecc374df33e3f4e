import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// `postroom deliveries show`.
struct DeliveriesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a delivery: where it came from, its headers, and what each handler did with it.",
        discussion: """
            Values of headers that authenticate are not shown. Sensitive values in a body, and bodies that are no JSON \
            object, are shown as ••• unless --show-sensitive asks for them.
            """
    )

    @Argument(help: "The delivery's id, as its sender was answered.")
    var id: Int64

    @OptionGroup var show: ShowOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = DeliveryID(rawValue: id)
        guard let found = try await inbox.withInbox({ try await $0.delivery(id) }) else {
            throw CommandFailure(.failed, "there is no kept delivery \(id); retention may have dropped it")
        }
        let body = show.body ? ShownBody(of: found.delivery, show.form) : nil
        let unreadable = EventTypes(try inbox.common.load().configuration).unreadableReason(of: found.delivery)
        let view = DeliveryView(delivery: found.delivery, pairs: found.pairs, unreadable: unreadable, body: body)
        try CommandOutput.write { output in view.write(to: output, now: .now, show.json) }
    }
}
