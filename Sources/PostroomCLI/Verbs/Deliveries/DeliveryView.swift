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

    /// What of it is not as its producer promises, in words: of the request, then of the body by JSON path.
    ///
    /// A body that no typed handler could take says why, as its only oddity.
    private var oddities: [String] {
        let ofRequest = Sources.rules(for: delivery.source).details(of: delivery).oddity
        do {
            let ofBody = try Sources.typedEvent(of: delivery)?.oddities ?? []
            return [ofRequest].compactMap(\.self) + ofBody.map(\.description)
        } catch {
            return [ofRequest].compactMap(\.self) + ["no typed handler can take it: \(error)"]
        }
    }

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeliveryColumns.delivery(now: now)
        let headers = HeaderDisplay(delivery.headers)
        let oddities = self.oddities
        guard !asJSON else {
            let more = [
                JSONTree.Member("unreadable", .string(orNull: unreadable?.description)),
                JSONTree.Member("oddities", .array(oddities.map { .string($0) })),
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("handlers", .array(pairs.map { DeliveryColumns.pairs.object($0) })),
            ]
            return output.json(columns.object(delivery).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(delivery, columns, asJSON: false)
        for oddity in oddities {
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
