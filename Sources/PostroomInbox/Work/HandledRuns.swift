import PostroomCore

/// Successful runs of one batch in the form that `handled.runs` keeps: four bytes each.
package struct HandledRuns {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Adds a run.
    ///
    /// - Parameters:
    ///   - ordinal: The delivery's place in its batch.
    ///   - handler: The handler's place in the row's list, which can name 256.
    ///   - duration: Its duration.
    package mutating func append(ordinal: UInt8, handler: UInt8, duration: Duration) {
        let packed = Self.pack(microseconds: duration.microseconds)
        bytes.append(ordinal)
        bytes.append(handler)
        bytes.append(UInt8(truncatingIfNeeded: packed >> 8))
        bytes.append(UInt8(truncatingIfNeeded: packed))
    }

    /// Packs a duration into 16 bits: 11 bits of value, shifted left by what the upper 5 bits say.
    ///
    /// It is exact up to 2 ms and within 0.1 % beyond, up to 50 days.
    static func pack(microseconds: Int64) -> UInt16 {
        var value = max(0, microseconds)
        var shift: UInt16 = 0
        while value > 2047 {
            value >>= 1
            shift += 1
        }
        return shift > 31 ? .max : shift << 11 | UInt16(value)
    }
}

/// Successful runs of one batch, divided by the pages of 256 handlers each that the list of a settlement has.
struct PagedRuns {
    private var first = HandledRuns()
    private var others: [Int: HandledRuns] = [:]

    /// Adds a run of the handler at a place in the settlement's list.
    mutating func append(ordinal: UInt8, handler place: Int, duration: Duration) {
        let handler = UInt8(truncatingIfNeeded: place)
        if place < 256 {
            first.append(ordinal: ordinal, handler: handler, duration: duration)
        } else {
            others[place >> 8, default: HandledRuns()].append(ordinal: ordinal, handler: handler, duration: duration)
        }
    }

    /// The runs of each page, by its number; the first may have none.
    var pages: [(page: Int32, runs: HandledRuns)] {
        guard !others.isEmpty else { return [(0, first)] }
        return [(0, first)] + others.sorted { $0.key < $1.key }.map { (Int32(clamping: $0.key), $0.value) }
    }
}
