import PostroomCore

/// Decides what becomes of an attempt: the same for the same seed, in whatever process it runs.
struct RunFate: Sendable {
    let seed: UInt64

    /// A number that depends on the delivery, the handler and the attempt only.
    func number(_ context: HandlerContext, attempt: Int? = nil) -> UInt64 {
        number(
            key: context.delivery.idempotencyKey,
            handler: context.handler.rawValue,
            attempt: attempt ?? context.attempt
        )
    }

    /// Returns whether something happens to this attempt that happens to one in so many.
    func happens(to context: HandlerContext, oneIn count: UInt64) -> Bool {
        number(context) % count == 0
    }

    /// Returns whether something happens to all attempts of this pair that happens to one pair in so many.
    func happens(toAllOf context: HandlerContext, oneIn count: UInt64) -> Bool {
        number(context, attempt: 0) % count == 0
    }

    private func number(key: String, handler: String, attempt: Int) -> UInt64 {
        // FNV-1a, then a mixer: the last bytes reach only the low bits otherwise.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(seed)/\(key)/\(handler)/\(attempt)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        var mixer = SeededGenerator(seed: hash)
        return mixer.next()
    }
}
