import PostroomCore
import PostroomInbox
import PostroomSources

/// A delivery as it is shown.
struct DeliveryView: Sendable {
    let delivery: Delivery
    let pairs: [PairRecord]
    /// Why the body names no event type though its source promises one.
    var unreadable: UnreadableReason?
    /// The body, where it is shown: for people it is then all that is.
    var body: ShownBody?

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeliveryColumns.delivery(now: now)
        let headers = HeaderDisplay(delivery.headers)
        let oddity = Sources.rules(for: delivery.source).details(of: delivery).oddity
        guard !asJSON else {
            let more = [
                JSONTree.Member("oddity", .string(orNull: oddity)),
                JSONTree.Member("unreadable", .string(orNull: unreadable?.description)),
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("handlers", .array(pairs.map { DeliveryColumns.pairs.object($0) })),
            ]
            return output.json(columns.object(delivery).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(delivery, columns, asJSON: false)
        if let oddity {
            output.note("odd: \(oddity)", .yellow)
        }
        if let unreadable {
            output.note("unreadable: \(unreadable); only handlers of every event got it", .yellow)
        }
        headers.write(to: output)
        output.line("\n" + output.paint("handlers", .bold))
        guard !pairs.isEmpty else { return output.line("  none has had it yet") }
        output.list(pairs, DeliveryColumns.pairs, asJSON: false, ifEmpty: "")
    }
}
