import PostroomCore

@testable import PostroomWorker
@testable import TestSupport

extension ModelSystem {
    /// The events that can happen now.
    var enabled: [ModelEvent] {
        var events: [ModelEvent] = []
        for (number, worker) in workers.enumerated() {
            if let identity = identities[number], known.contains(identity) {
                events.append(.rescue(number))
            }
            guard let session = worker.session else {
                events.append(.start(number))
                continue
            }
            events += Self.enabled(number, worker, session, inbox)
            if let identity = identities[number], !known.contains(identity) {
                events.append(.heartbeat(number))
            }
        }
        if !hasNewcomer {
            events.append(.newcomer)
        }
        if stored.count < 3 {
            events.append(.store)
        }
        if !inbox.deadLetters.isEmpty {
            events.append(.replay)
        }
        return events
    }

    private static func enabled(
        _ number: Int,
        _ worker: ModelWorker,
        _ session: Session,
        _ inbox: InboxState
    ) -> [ModelEvent] {
        var events: [ModelEvent] = [.kill(number)]
        let (isIdle, holdsRetries, mayRelease) = session.with { state in
            (state.settlements.isEmpty, state.holdsRetryClaims, state.unknownSince != nil)
        }
        if let turn = worker.turn {
            events += (turn.answer == nil ? [] : [.reply(number)]) + [.lose(number)]
        } else if holdsRetries, worker.retries != nil {
            // The real loop waits for the claim that is under way before it settles again.
        } else if !isIdle || inbox.batches.values.contains(where: { $0.worker == nil }) {
            events += [.send(number), .sendInVain(number)]
        }
        if worker.retries != nil {
            events += [.retriesCome(number)] + [.loseRetries(number)]
        } else if !holdsRetries, inbox.retries.values.contains(where: { $0.worker == nil }) {
            events.append(.askRetries(number))
        }
        if mayRelease, worker.turn == nil, worker.retries == nil {
            events.append(.release(number))
        }
        if worker.jobs.contains(where: { !$0.isRunning }) {
            events.append(.begin(number))
        }
        if worker.jobs.contains(where: \.isRunning) {
            events += [.end(number, isHandled: true), .end(number, isHandled: false)]
        }
        if !session.with({ $0.allRuns }).isEmpty {
            events.append(.detachUnfinished(number))
        }
        return events
    }
}
