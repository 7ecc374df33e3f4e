import ArgumentParser
import PostroomCore

/// A header field that is sent beside the sender's own, or in place of it.
struct SendHeader: Hashable, Sendable {
    /// The name, as it was given.
    let name: String
    /// The value.
    let value: String

    /// Fields that say how the message is framed, which the connection decides.
    private static let framing = ["content-length", "transfer-encoding", "connection", "host", "expect", "upgrade"]

    /// Reads `NAME=VALUE`.
    ///
    /// The value may be a secret, so no error shows it.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    static func argument(_ text: String) throws -> SendHeader {
        guard let sign = text.firstIndex(of: "=") else {
            throw ValidationError("--header takes NAME=VALUE, for example --header X-Tenant=acme")
        }
        let name = try checkedName(String(text[..<sign]), option: "--header")
        let value = String(text[text.index(after: sign)...])
        guard value.unicodeScalars.allSatisfy({ $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F) }) else {
            throw ValidationError("the value of the header '\(name)' has control characters, which HTTP does not carry")
        }
        return SendHeader(name: name, value: value)
    }

    /// Checks a header's name.
    ///
    /// - Throws: `ValidationError` where a request can't have such a header, or may not choose it.
    static func checkedName(_ name: String, option: String) throws -> String {
        let isToken = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        guard isToken, !name.isEmpty else {
            throw ValidationError("\(option): '\(EscapedText.of(name))' is no name of a header")
        }
        guard !framing.contains(name.lowercased()) else {
            throw ValidationError("\(option): '\(name)' is written by the connection and can't be chosen")
        }
        return name
    }
}

extension [SendHeader] {
    /// A request's fields with these: in place of those of the same name, else after them.
    func added(to fields: [(name: String, value: String)]) -> [(name: String, value: String)] {
        let names = Set(map { $0.name.lowercased() })
        return fields.filter { !names.contains($0.name.lowercased()) } + map { ($0.name, $0.value) }
    }
}
