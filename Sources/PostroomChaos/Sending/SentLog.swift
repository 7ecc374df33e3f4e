import PostroomCore
import Synchronization

/// The deliveries that were sent, with every answer: the sender's side of the ledger.
final class SentLog: Sendable {
    private struct State {
        var sent: [Int: SentDelivery] = [:]
        var lastAccepted: Timestamp?
    }

    private let state = Mutex(State())

    func will(send made: DeliveryMaker.Made, number: Int) {
        let delivery = SentDelivery(
            number: number,
            endpoint: made.endpoint.name,
            digest: made.digest,
            isUndecodable: made.isUndecodable,
            isPoison: made.isPoison,
            sentAt: .now,
            subject: made.subject,
            facts: SentDelivery.Facts(source: made.endpoint.source, eventType: made.eventType, mark: made.mark)
        )
        state.withLock { $0.sent[number] = delivery }
    }

    func answered(_ number: Int, _ answer: SentDelivery.Answer) {
        state.withLock { state in
            var answer = answer
            answer.at = .now
            state.sent[number]?.answers.append(answer)
            if answer.status == 200 {
                state.lastAccepted = .now
            }
        }
    }

    /// The time at which the last delivery was accepted.
    var lastAccepted: Timestamp? {
        state.withLock { $0.lastAccepted }
    }

    /// The number of deliveries that were sent, and of those that were accepted.
    var counts: (sent: Int, accepted: Int) {
        state.withLock { state in (state.sent.count, state.sent.values.count { !$0.ids.isEmpty }) }
    }

    /// Everything, in the order of the numbers.
    var all: [SentDelivery] {
        state.withLock { $0.sent.values.sorted { $0.number < $1.number } }
    }
}
