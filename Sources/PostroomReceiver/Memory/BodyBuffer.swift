import NIOCore

/// A body as it comes in: memory grows with what came, never with what was announced.
struct BodyBuffer {
    /// What came so far.
    private(set) var bytes: [UInt8] = []
    /// The memory that it takes.
    private(set) var capacity = 0

    /// The memory that it takes with a further part.
    ///
    /// - Parameters:
    ///   - count: The length of the part.
    ///   - announced: The length of the whole body, where its sender said.
    /// - Returns: The memory to ask for.
    func capacity(with count: Int, announced: Int?) -> Int {
        Self.capacity(for: bytes.count + count, current: capacity, announced: announced)
    }

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - part: What came.
    ///   - capacity: The memory that it takes with it, which was asked for before.
    mutating func append(_ part: ByteBuffer, capacity: Int) {
        if capacity > self.capacity {
            self.capacity = capacity
            bytes.reserveCapacity(capacity)
        }
        bytes.append(contentsOf: part.readableBytesView)
    }

    /// The memory to hold for a length: at least that, at most double what is held, and never more than was announced.
    static func capacity(for needed: Int, current: Int, announced: Int?) -> Int {
        guard needed > current else { return current }
        let doubled = max(needed, current * 2)
        guard let announced else { return doubled }
        return max(needed, min(doubled, announced))
    }
}
