import Glibc

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
    ///
    /// The date comes from the count of days by Hinnant's `civil_from_days`, which needs no calendar.
    func append(to bytes: inout [UInt8]) {
        let days = Self.floorDivided(milliseconds, by: 86_400_000)
        let time = milliseconds - days * 86_400_000
        let shifted = days + 719_468
        let era = Self.floorDivided(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        Self.append(year, width: 4, then: "-", to: &bytes)
        Self.append(month, width: 2, then: "-", to: &bytes)
        Self.append(day, width: 2, then: "T", to: &bytes)
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
