import PostroomCore
import PostroomInbox

/// A delivery as it is shown.
struct DeliveryView: Sendable {
    let delivery: Delivery
    let pairs: [PairRecord]
    /// The body, where it is shown: for people it is then all that is.
    var body: ShownBody?

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeliveryColumns.delivery(now: now)
        let headers = HeaderDisplay(delivery.headers)
        guard !asJSON else {
            let more = [
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("handlers", .array(pairs.map { DeliveryColumns.pairs.object($0) })),
            ]
            return output.json(columns.object(delivery).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(delivery, columns, asJSON: false)
        headers.write(to: output)
        output.line("\n" + output.paint("handlers", .bold))
        guard !pairs.isEmpty else { return output.line("  none has had it yet") }
        output.list(pairs, DeliveryColumns.pairs, asJSON: false, ifEmpty: "")
    }
}
