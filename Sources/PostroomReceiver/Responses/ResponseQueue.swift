import NIOCore

/// The responses that a connection owes, in the order of its requests.
///
/// Commits end in any order; HTTP wants the responses in the order of the requests.
struct ResponseQueue {
    private struct Slot {
        var response: Response?
        var form: ResponseForm
        var wantsContinue: Bool
    }

    private var slots = CircularBuffer<Slot>(initialCapacity: 1)
    private var first: UInt64 = 0

    /// The number of responses that are owed.
    var count: Int {
        slots.count
    }

    var isEmpty: Bool {
        slots.isEmpty
    }

    /// Takes note of a request.
    ///
    /// - Parameters:
    ///   - form: The form of its response.
    ///   - wantsContinue: True where its sender waits for a 100 before it sends the body.
    /// - Returns: The number by which it is answered.
    mutating func open(_ form: ResponseForm, wantsContinue: Bool = false) -> UInt64 {
        slots.append(Slot(response: nil, form: form, wantsContinue: wantsContinue))
        return first + UInt64(slots.count - 1)
    }

    /// Answers a request; a second response to it changes nothing.
    ///
    /// - Parameters:
    ///   - number: The request's number, from ``open(_:wantsContinue:)``.
    ///   - response: The response.
    ///   - closes: True where the connection ends with it, whatever its request asked for.
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

    /// Lets the connection end with the last response that is owed.
    mutating func closeAfterLast() {
        guard !slots.isEmpty else { return }
        slots[slots.index(before: slots.endIndex)].form.keepsAlive = false
    }

    /// Takes the next response, if it is there.
    mutating func next() -> (response: Response, form: ResponseForm)? {
        guard let slot = slots.first, let response = slot.response else { return nil }
        slots.removeFirst()
        first += 1
        return (response, slot.form)
    }

    /// Takes a 100 that is due: the sender waits for it, and nothing else is owed before.
    mutating func takeContinue() -> Bool {
        guard let slot = slots.first, slot.wantsContinue else { return false }
        slots[slots.startIndex].wantsContinue = false
        return true
    }
}
