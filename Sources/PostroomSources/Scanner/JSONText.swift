import PostroomCore

/// Strings of a text that the strict pass has accepted.
enum JSONText {
    /// Returns the meaning of a string, as bytes, from between its quotes.
    ///
    /// A surrogate without its partner becomes the three bytes that UTF-8 would give it, so that names can be compared
    /// all the same; the result is then no valid UTF-8.
    static func decodedBytes(_ text: Span<UInt8>, _ range: Range<Int>) -> (bytes: [UInt8], isUnicode: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var isUnicode = true
        var position = range.lowerBound
        while position < range.upperBound {
            guard text[position] == UInt8(ascii: "\\"), position + 1 < range.upperBound else {
                bytes.append(text[position])
                position += 1
                continue
            }
            guard text[position + 1] == UInt8(ascii: "u") else {
                bytes.append(simpleEscape(text[position + 1]))
                position += 2
                continue
            }
            var scalar = codeUnit(text, position + 2, range.upperBound)
            position += 6
            if scalar & 0xFC00 == 0xD800, position + 1 < range.upperBound,
                text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
            {
                let low = codeUnit(text, position + 2, range.upperBound)
                if low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                    position += 6
                }
            }
            isUnicode = isUnicode && scalar & 0xFFFF_F800 != 0xD800
            append(scalar, to: &bytes)
        }
        return (bytes, isUnicode)
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }

    private static func codeUnit(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in start..<min(start + 4, end) {
            value = value << 4 | UInt32(text[offset].hexadecimalValue ?? 0)
        }
        return value
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case 0..<0x80:
            bytes.append(UInt8(scalar))
        case 0x80..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | scalar >> 18))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Passes a value without checking it again.
    static func skipValue(_ text: Span<UInt8>, _ position: inout Int) {
        guard position < text.count else { return }
        switch text[position] {
        case UInt8(ascii: "\""): skipString(text, &position)
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested(text, &position)
        default:
            while position < text.count, !isAfterScalar(text[position]) {
                position += 1
            }
        }
    }

    /// Passes a string without checking it again.
    ///
    /// - Returns: True if there are escapes inside.
    @discardableResult
    static func skipString(_ text: Span<UInt8>, _ position: inout Int) -> Bool {
        position += 1
        var hasEscapes = false
        while true {
            JSONLexer.skipPlainText(text, &position)
            guard position < text.count else { return hasEscapes }
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            default:
                position += 1
            }
        }
    }

    private static func skipNested(_ text: Span<UInt8>, _ position: inout Int) {
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                skipString(text, &position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 {
                return
            }
        }
    }

    private static func isAfterScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }
}
