import PostroomCore

/// The tokens of JSON as RFC 8259 has them, nothing more: no comments, no NaN, no leading zeros.
///
/// Each function starts at a token and leaves the position behind it.
enum JSONLexer {
    /// The place where a text begins: behind the byte order mark that some senders put first, and that RFC 8259 (8.1)
    /// lets a receiver ignore.
    static func textStart(_ text: Span<UInt8>) -> Int {
        text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0
    }

    static func skipWhitespace(_ text: Span<UInt8>, _ position: inout Int) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Passes a string, from its opening quote to behind its closing one.
    ///
    /// Escaped surrogates need not be paired: the grammar allows it, and a string that nobody looks at must not cost an
    /// event.
    ///
    /// - Returns: True if there are escapes inside.
    static func passString(_ text: Span<UInt8>, _ position: inout Int) throws(JSONFault) -> Bool {
        position += 1
        var hasEscapes = false
        while true {
            skipPlainText(text, &position)
            guard position < text.count else { throw JSONFault(kind: .truncated, offset: position) }
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try passEscape(text, &position)
            case 0x80...:
                try passMultibyte(text, &position)
            default:
                throw JSONFault(kind: .unexpectedByte, offset: position)
            }
        }
    }

    /// Passes ASCII that means itself inside a string, eight bytes at a time.
    @inline(__always)
    static func skipPlainText(_ text: Span<UInt8>, _ position: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let raw = text.bytes
        while position + 8 <= text.count {
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let control = (word &- (ones &* 0x20)) & ~word
            let stops =
                (((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | control | word) & highs
            if stops != 0 {
                position += stops.trailingZeroBitCount >> 3
                return
            }
            position += 8
        }
        while position < text.count, isPlain(text[position]) {
            position += 1
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func passEscape(_ text: Span<UInt8>, _ position: inout Int) throws(JSONFault) {
        guard position + 1 < text.count else { throw JSONFault(kind: .truncated, offset: text.count) }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            for offset in (position + 2)..<(position + 6) {
                guard offset < text.count else { throw JSONFault(kind: .truncated, offset: text.count) }
                guard text[offset].hexadecimalValue != nil else {
                    throw JSONFault(kind: .unexpectedByte, offset: offset)
                }
            }
            position += 6
        default:
            throw JSONFault(kind: .unexpectedByte, offset: position + 1)
        }
    }

    /// Passes one character of two to four bytes: no overlong form, no surrogate, nothing above U+10FFFF.
    private static func passMultibyte(_ text: Span<UInt8>, _ position: inout Int) throws(JSONFault) {
        let length: Int
        let second: ClosedRange<UInt8>
        switch text[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONFault(kind: .invalidUTF8, offset: position)
        }
        guard position + length <= text.count else { throw JSONFault(kind: .truncated, offset: text.count) }
        guard second.contains(text[position + 1]) else { throw JSONFault(kind: .invalidUTF8, offset: position) }
        for offset in (position + 2)..<max(position + 2, position + length) where text[offset] & 0xC0 != 0x80 {
            throw JSONFault(kind: .invalidUTF8, offset: position)
        }
        position += length
    }

    /// Passes a number of any size and precision.
    static func passNumber(_ text: Span<UInt8>, _ position: inout Int) throws(JSONFault) {
        if text[position] == UInt8(ascii: "-") {
            position += 1
        }
        if position < text.count, text[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try passDigits(text, &position)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try passDigits(text, &position)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try passDigits(text, &position)
        }
    }

    private static func passDigits(_ text: Span<UInt8>, _ position: inout Int) throws(JSONFault) {
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") <= 9 {
            position += 1
        }
        guard position > start else {
            throw JSONFault(kind: position < text.count ? .unexpectedByte : .truncated, offset: position)
        }
    }

    static func passLiteral(
        _ literal: StaticString,
        _ text: Span<UInt8>,
        _ position: inout Int
    ) throws(JSONFault) {
        let fault: JSONFault? = literal.withUTF8Buffer { expected in
            for byte in expected {
                guard position < text.count else { return JSONFault(kind: .truncated, offset: position) }
                guard text[position] == byte else { return JSONFault(kind: .unexpectedByte, offset: position) }
                position += 1
            }
            return nil
        }
        if let fault {
            throw fault
        }
    }
}
