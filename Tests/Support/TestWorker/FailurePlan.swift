/// Decides which attempts fail: the same ones for the same seed, in whatever process they run.
///
/// It is a pure function, so that a test can work out beforehand what has to become of every pair.
struct FailurePlan: Hashable, Sendable {
    /// The seed of the decisions.
    let seed: UInt64

    /// Returns whether an attempt fails; one in three does.
    func fails(key: String, handler: String, attempt: Int) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func take(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        for text in [String(seed), key, handler, String(attempt)] {
            for byte in text.utf8 {
                take(byte)
            }
            take(0)
        }
        // The last bytes have reached only the low bits; this spreads them.
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return (hash ^ hash >> 31) % 3 == 0
    }

    /// The attempt that succeeds, or `nil` where all that are allowed fail.
    func success(key: String, handler: String, attempts: Int) -> Int? {
        (1...attempts).first { !fails(key: key, handler: handler, attempt: $0) }
    }
}
