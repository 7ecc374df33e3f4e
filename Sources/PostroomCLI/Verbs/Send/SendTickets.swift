import Synchronization

/// Gives the senders of a run their numbers, and knows how far the run is.
final class SendTickets: Sendable {
    private struct State {
        var next = 0
        var answered = 0
        var unanswered = 0
    }

    private let count: Int
    private let patience: Int
    private let state = Mutex(State())

    /// Prepares numbers.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - patience: After how many requests without an answer, and none with one, there are no more.
    init(count: Int, patience: Int) {
        self.count = count
        self.patience = patience
    }

    /// The next number, or `nil` where there are no more.
    func take() -> Int? {
        state.withLock { state in
            let isHopeless = state.answered == 0 && state.unanswered >= patience
            guard state.next < count, !isHopeless else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    /// Counts an answer, or its absence.
    func count(_ answer: SendAnswer) {
        state.withLock { state in
            switch answer {
            case .answered: state.answered += 1
            case .unanswered: state.unanswered += 1
            }
        }
    }

    /// How many requests are done.
    var done: Int {
        state.withLock { $0.answered + $0.unanswered }
    }
}
