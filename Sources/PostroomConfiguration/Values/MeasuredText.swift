/// Numbers with units, one after the other, as in `1h 30m` or `8 MiB`.
package enum MeasuredText {
    /// One number and the unit after it, which is empty where there is none.
    package struct Part: Hashable {
        package let number: Int64
        package let unit: String
    }

    /// Takes a text apart.
    ///
    /// - Parameter text: Digits and letters; blanks may stand between them.
    /// - Returns: The parts in their order, or `nil` where the text is something else or a number is too large.
    package static func parts(of text: String) -> [Part]? {
        var rest = text.utf8[...]
        var parts: [Part] = []
        skipBlanks(&rest)
        while !rest.isEmpty {
            let digits = take(&rest) { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int64(digits) else { return nil }
            skipBlanks(&rest)
            let unit = take(&rest) { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
            skipBlanks(&rest)
            parts.append(Part(number: number, unit: unit))
        }
        return parts.isEmpty ? nil : parts
    }

    private static func take(_ rest: inout Substring.UTF8View, while condition: (UInt8) -> Bool) -> String {
        let taken = rest.prefix(while: condition)
        rest = rest[taken.endIndex...]
        return String(decoding: taken, as: UTF8.self)
    }

    private static func skipBlanks(_ rest: inout Substring.UTF8View) {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
    }
}
