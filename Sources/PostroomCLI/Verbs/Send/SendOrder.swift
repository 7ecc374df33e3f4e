/// A shuffled order of the numbers below a count: each comes once, the same for the same seed, and none is remembered.
///
/// A Feistel network permutes the numbers of an even number of bits; what lands beyond the count is permuted again until
/// it does not, which is less than four times on average.
struct SendOrder: Sendable {
    private let count: UInt64
    private let halfBits: UInt64
    private let keys: [UInt64]

    /// Shuffles the numbers from 0 to `count - 1`.
    init(count: Int, seed: UInt64) {
        self.count = UInt64(max(1, count))
        let bits = UInt64(UInt64.bitWidth - (self.count - 1).leadingZeroBitCount)
        self.halfBits = max(1, (bits + 1) / 2)
        self.keys = (1...4).map { Self.mixed(seed &+ $0 &* 0x9E37_79B9_7F4A_7C15) }
    }

    /// The number that stands at a place.
    func number(at place: UInt64) -> UInt64 {
        var number = place
        repeat {
            number = permuted(number)
        } while number >= count
        return number
    }

    private func permuted(_ number: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << halfBits) - 1
        var (left, right) = (number >> halfBits, number & mask)
        for key in keys {
            (left, right) = (right, left ^ (Self.mixed(right ^ key) & mask))
        }
        return left << halfBits | right
    }

    /// The last step of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
