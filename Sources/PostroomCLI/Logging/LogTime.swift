import CLibrary
import PostroomCore

/// Moments as a log writes them: ISO 8601, UTC, with milliseconds.
struct LogTime: Hashable, Sendable {
    /// Milliseconds since 1970-01-01 00:00:00 UTC.
    let milliseconds: Int64

    /// A moment.
    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The moment by the system's clock.
    static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Appends the moment, for example `2026-03-01T09:30:00.042Z`.
    func append(to bytes: inout [UInt8]) {
        let days = Self.floorDivided(milliseconds, by: 86_400_000)
        let time = milliseconds - days * 86_400_000
        let date = CivilDate(daysSince1970: Int(days))
        Self.append(Int64(date.year), width: 4, then: "-", to: &bytes)
        Self.append(Int64(date.month), width: 2, then: "-", to: &bytes)
        Self.append(Int64(date.day), width: 2, then: "T", to: &bytes)
        Self.append(time / 3_600_000, width: 2, then: ":", to: &bytes)
        Self.append(time / 60_000 % 60, width: 2, then: ":", to: &bytes)
        Self.append(time / 1000 % 60, width: 2, then: ".", to: &bytes)
        Self.append(time % 1000, width: 3, then: "Z", to: &bytes)
    }

    private static func append(
        _ number: Int64,
        width: Int,
        then separator: Unicode.Scalar,
        to bytes: inout [UInt8]
    ) {
        var place = (1..<width).reduce(Int64(1)) { power, _ in power * 10 }
        while place > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
        bytes.append(UInt8(truncatingIfNeeded: separator.value))
    }

    private static func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
