import PostroomCore
import PostroomInbox

/// A dead letter as it is shown.
struct DeadLetterView: Sendable {
    let letter: DeadLetter
    /// The body, where it is shown: for people it is then all that is.
    var body: ShownBody?

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeadLetterColumns.letter(now: now)
        let headers = HeaderDisplay(letter.delivery.headers)
        let history = FailedAttempt.read(letter.history)
        guard !asJSON else {
            let more = [
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("history", .array(history.map { DeadLetterColumns.history.object($0) })),
            ]
            return output.json(columns.object(letter).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(letter, columns, asJSON: false)
        headers.write(to: output)
        output.line("\n" + output.paint("failed attempts", .bold))
        output.list(history, DeadLetterColumns.history, asJSON: false, ifEmpty: "none is recorded")
    }
}
