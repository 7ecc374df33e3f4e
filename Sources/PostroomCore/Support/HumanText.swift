/// Figures as people read them.
package enum HumanText {
    /// A duration in its two largest units: `3m 12s`, `2h 5m`, `4d`, `1.4s`, `35ms`.
    package static func duration(_ duration: Duration) -> String {
        if duration < .zero {
            return "-" + self.duration(.zero - duration)
        }
        let milliseconds = duration.microseconds / 1000
        switch milliseconds {
        case 0 where duration > .zero: return "<1ms"
        case ..<1000: return "\(milliseconds)ms"
        case ..<10_000:
            let tenths = milliseconds / 100
            return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
        default: break
        }
        let seconds = milliseconds / 1000
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return pair(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "m")
        default: return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
        }
    }

    /// Writes an age: `3m 12s ago`, or `in 5s` where the moment lies ahead.
    package static func age(of moment: Timestamp, now: Timestamp) -> String {
        let distance = now.rawValue - moment.rawValue
        if distance < 0 {
            return "in " + duration(.microseconds(-distance))
        }
        return distance < 1_000_000 ? "just now" : duration(.microseconds(distance)) + " ago"
    }

    /// A count with a comma after each thousand: `12,345`.
    package static func count(_ number: some BinaryInteger) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 {
                text.append(",")
            }
            text.append(digit)
        }
        return text
    }

    /// A size in the unit that leaves one to four digits: `812 B`, `1.4 KiB`, `64 MiB`.
    package static func size(bytes: Int) -> String {
        var tenths = bytes * 10
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if tenths < 10_240 || unit == "GiB" {
                let isWhole = unit == "B" || tenths % 10 == 0 || tenths >= 1000
                return isWhole ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
            }
            tenths /= 1024
        }
        return "\(bytes) B"
    }

    private static func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }
}

/// Counts with the right form of a noun.
package enum Plural {
    /// The count and the noun: `1 delivery`, `2,000 deliveries`.
    package static func of(_ count: Int, _ one: String, _ many: String) -> String {
        "\(HumanText.count(count)) \(count == 1 ? one : many)"
    }
}
