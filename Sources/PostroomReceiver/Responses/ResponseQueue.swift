import NIOCore

/// The answers that a connection owes, in the order of its requests.
///
/// Commits end in any order; HTTP wants the answers in the order of the questions.
struct ResponseQueue {
    private struct Slot {
        var response: Response?
        var form: ResponseForm
        var wantsContinue: Bool
    }

    private var slots = CircularBuffer<Slot>(initialCapacity: 1)
    private var first: UInt64 = 0

    /// How many answers are owed.
    var count: Int {
        slots.count
    }

    var isEmpty: Bool {
        slots.isEmpty
    }

    /// Takes note of a request.
    ///
    /// - Parameters:
    ///   - form: How its answer will be written.
    ///   - wantsContinue: Whether its sender waits for a 100 before it sends the body.
    /// - Returns: The number under which it is answered.
    mutating func open(_ form: ResponseForm, wantsContinue: Bool = false) -> UInt64 {
        slots.append(Slot(response: nil, form: form, wantsContinue: wantsContinue))
        return first + UInt64(slots.count - 1)
    }

    /// Answers a request; a second answer changes nothing.
    ///
    /// - Parameters:
    ///   - number: What ``open(_:wantsContinue:)`` returned.
    ///   - answer: The answer.
    ///   - closes: Whether the connection ends with it, whatever its request asked for.
    mutating func fill(_ number: UInt64, with response: Response, closes: Bool = false) {
        guard number >= first, number - first < UInt64(slots.count) else { return }
        let index = slots.index(slots.startIndex, offsetBy: Int(number - first))
        guard slots[index].response == nil else { return }
        slots[index].response = response
        slots[index].wantsContinue = false
        if closes {
            slots[index].form.keepsAlive = false
        }
    }

    /// Lets the connection end with the last answer that is owed.
    mutating func closeAfterLast() {
        guard !slots.isEmpty else { return }
        slots[slots.index(before: slots.endIndex)].form.keepsAlive = false
    }

    /// Takes the next answer, if it is there.
    mutating func next() -> (response: Response, form: ResponseForm)? {
        guard let slot = slots.first, let response = slot.response else { return nil }
        slots.removeFirst()
        first += 1
        return (response, slot.form)
    }

    /// Whether a 100 is due now: the sender waits for it, and nothing else is owed before.
    mutating func takeContinue() -> Bool {
        guard let slot = slots.first, slot.wantsContinue else { return false }
        slots[slots.startIndex].wantsContinue = false
        return true
    }
}
