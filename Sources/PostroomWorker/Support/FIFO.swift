/// A queue in a ring, so that neither end moves what is between.
struct FIFO<Element> {
    private var ring: [Element?]
    private var head = 0
    private(set) var count = 0

    init() {
        self.ring = Array(repeating: nil, count: 16)
    }

    var isEmpty: Bool {
        count == 0
    }

    mutating func append(_ element: Element) {
        if count == ring.count {
            grow()
        }
        ring[(head + count) & (ring.count - 1)] = element
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = ring[head].take()
        head = (head + 1) & (ring.count - 1)
        count -= 1
        return element
    }

    /// Takes up to that many elements from the front.
    mutating func popFirst(_ most: Int) -> [Element] {
        var taken: [Element] = []
        taken.reserveCapacity(Swift.min(most, count))
        while taken.count < most, let element = popFirst() {
            taken.append(element)
        }
        return taken
    }

    /// Keeps only the elements that the predicate wants, in their order.
    mutating func filter(_ isWanted: (Element) -> Bool) {
        for _ in 0..<count {
            if let element = popFirst(), isWanted(element) {
                append(element)
            }
        }
    }

    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: ring.count * 2)
        for index in 0..<count {
            larger[index] = ring[(head + index) & (ring.count - 1)]
        }
        ring = larger
        head = 0
    }
}

extension FIFO: Sendable where Element: Sendable {}
