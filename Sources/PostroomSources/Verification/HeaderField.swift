import PostroomCore

/// A header that a scheme needs exactly once.
enum HeaderField {
    /// The longest value of a header that is looked at, in bytes.
    static let maximumLength = 4096

    /// The value of a header that is there once and not empty.
    static func sole(_ name: String, in headers: Headers) throws(Refusal) -> String {
        let values = headers.values(name)
        guard let value = values.first else { throw Refusal(.missingHeader) }
        guard values.count == 1 else { throw Refusal(.duplicateHeader) }
        guard !value.isEmpty else { throw Refusal(.missingHeader) }
        guard value.utf8.count <= maximumLength else { throw Refusal(.malformedHeader) }
        return value
    }

    /// The value without the blanks around it, which are no part of it by RFC 9110.
    static func trimmed(_ value: String) -> Substring.UTF8View {
        var bytes = value[...].utf8
        while let first = bytes.first, isBlank(first) {
            bytes.removeFirst()
        }
        while let last = bytes.last, isBlank(last) {
            bytes.removeLast()
        }
        return bytes
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// True where a text can be the name of a header.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

/// A verifier's way out with the reason; it never leaves the module.
struct Refusal: Error {
    let reason: RefusalReason

    init(_ reason: RefusalReason) {
        self.reason = reason
    }
}
