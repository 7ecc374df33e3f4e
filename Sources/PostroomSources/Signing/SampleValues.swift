import FoundationEssentials
import PostroomCore

/// Draws the values of one sample: the same for the same seed and index, and never the same identity for two.
public struct SampleValues: Sendable {
    /// The sample's number.
    public let index: UInt64
    private let now: Date
    private var state: UInt64

    init(seed: UInt64, index: UInt64, now: Date) {
        self.index = index
        self.now = now
        self.state = Self.mixed(Self.mixed(seed) &+ index)
    }

    /// 64 well-mixed bits (SplitMix64).
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A number of a range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(bits() % UInt64(range.count))
    }

    /// A number of hundredths, thousandths or smaller parts, as JavaScript writes it: `0.8`, never `0.80`.
    ///
    /// It holds for up to 15 digits and from a millionth on, where JavaScript does not yet write an exponent.
    static func decimal(_ parts: Int, places: Int) -> String {
        let digits = String(parts)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        var fraction = padded.suffix(places)
        while fraction.hasSuffix("0") {
            fraction.removeLast()
        }
        return padded.dropLast(places) + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// One of several words.
    public mutating func pick(_ words: [String]) -> String {
        words[number(0...(words.count - 1))]
    }

    /// A 64-bit snowflake: beyond what a double can tell apart, within what `Int64` can hold.
    mutating func snowflake() -> String {
        String(1 << 60 | bits() >> 6)
    }

    /// A prefix and random letters and digits.
    public mutating func token(_ prefix: String, _ length: Int) -> String {
        let alphabet = Array("0123456789abcdefghijkmnpqrstuvwxyz".utf8)
        let characters = (0..<length).map { _ in alphabet[number(0...(alphabet.count - 1))] }
        return prefix + String(decoding: characters, as: UTF8.self)
    }

    /// A UUID.
    public mutating func uuid() -> String {
        let digits = Hexadecimal.encode((0..<16).map { _ in UInt8(truncatingIfNeeded: bits() >> 7) })
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return parts.map { String(decoding: Array(digits.utf8)[$0], as: UTF8.self) }.joined(separator: "-")
    }

    mutating func hexadecimal(_ digits: Int) -> String {
        String((0..<digits).map { _ in "0123456789abcdef".randomElement(using: &self) ?? "0" })
    }

    /// The sample's time in whole seconds since 1970.
    public var unixSeconds: Int64 {
        Int64(now.timeIntervalSince1970.rounded(.down))
    }

    /// The sample's time in UTC as RFC 3339 has it, with that many milliseconds after it.
    ///
    /// - Parameters:
    ///   - fraction: True for one with milliseconds.
    ///   - milliseconds: The milliseconds after the sample's time.
    ///   - zone: The text in place of `Z`.
    /// - Returns: The text.
    public func timestamp(fraction: Bool = false, plus milliseconds: Int = 0, zone: String = "Z") -> String {
        let date = now.addingTimeInterval(Double(milliseconds) / 1000)
        let text = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: fraction))
        return zone == "Z" ? text : String(text.dropLast()) + zone
    }
}

extension SampleValues: RandomNumberGenerator {
    /// 64 well-mixed bits.
    public mutating func next() -> UInt64 {
        bits()
    }
}

/// The made-up person of whom samples tell, so that what is hidden of people can be seen to be hidden.
enum SamplePerson {
    static let name = "Ada Lovelace"
    static let login = "ada-lovelace"
    static let email = "ada@example.com"
    static let phone = "+15555550123"
    /// An address of a network that is kept for documentation.
    static let address = "203.0.113.7"
    static let text = "Dear Ada, this is between us."
    /// A name and an e-mail address as members of an object.
    static let contact = #""name":"Ada Lovelace","email":"ada@example.com""#
    /// A name and a login as members of an object.
    static let account = #""name":"Ada Lovelace","username":"ada-lovelace""#
    /// A postal address, as most producers write it.
    static let place = #"{"name":"Ada Lovelace","line1":"12 Ada Street","city":"London","country":"GB"}"#
}
