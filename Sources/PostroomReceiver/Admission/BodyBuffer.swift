import NIOCore

/// A body as it comes in: memory grows with what came, never with what was announced.
struct BodyBuffer {
    /// What came so far.
    private(set) var bytes: [UInt8] = []
    /// How many bytes the budget gave for it.
    private(set) var charged = 0

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - part: What came.
    ///   - announced: The length of the whole body, where its sender said.
    ///   - budget: What must have room for it.
    /// - Returns: Whether there was room; if not, nothing changed.
    mutating func append(_ part: ByteBuffer, announced: Int?, budget: IntakeBudget) -> Bool {
        let needed = bytes.count + part.readableBytes
        let capacity = Self.capacity(for: needed, current: charged, announced: announced)
        if capacity > charged {
            guard budget.takeBytes(capacity - charged, held: charged) else { return false }
            charged = capacity
            bytes.reserveCapacity(capacity)
        }
        bytes.append(contentsOf: part.readableBytesView)
        return true
    }

    /// The memory to hold for a length: at least that, at most double what is held, and never more than was announced.
    static func capacity(for needed: Int, current: Int, announced: Int?) -> Int {
        guard needed > current else { return current }
        let doubled = max(needed, current * 2)
        guard let announced else { return doubled }
        return max(needed, min(doubled, announced))
    }
}
