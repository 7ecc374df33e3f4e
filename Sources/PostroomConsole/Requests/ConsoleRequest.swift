import PostroomAdmin
import PostroomCore

/// A request for a page of the console, taken apart.
struct ConsoleRequest: Sendable {
    /// True for a request that acts.
    let acts: Bool
    /// The path below the console, without slashes at its ends; empty for its first page.
    let path: String
    /// The path that a browser sees the console under.
    let base: String
    /// The parameters of the query; of one that stands there twice the first counts.
    let query: [String: String]
    /// The fields of the form; as with the query, the first counts.
    let form: [String: String]
    /// The cookies; of two with one name none counts, as one of them may have been planted.
    let cookies: [String: String]
    /// The header fields, with names in lower case.
    let headers: [String: [String]]
    /// The address of the peer.
    let peer: String?

    /// Takes a request apart.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - paths: The paths that the console answers below, one of which the target has.
    ///   - base: The path that browsers see it under.
    init(_ request: PageRequest, below paths: [String], base: String) {
        let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts.first.map(String.init) ?? ""
        let below = paths.filter { target == $0 || target.hasPrefix($0 + "/") }.max { $0.count < $1.count } ?? ""
        self.acts = request.method == .post
        self.path = target.dropFirst(below.count).split(separator: "/").joined(separator: "/")
        self.base = base
        self.query = FormText.fields(parts.count > 1 ? parts[1].utf8.map { $0 } : [])
        self.form = request.method == .post ? FormText.fields(request.body) : [:]
        self.cookies = Self.cookies(request.headers["cookie"] ?? [])
        self.headers = request.headers
        self.peer = request.peer
    }

    /// The value of a header field that stands there once.
    func header(_ name: String) -> String? {
        guard let values = headers[name], values.count == 1 else { return nil }
        return values[0]
    }

    /// The number that a parameter of the query has.
    func number(_ name: String) -> Int64? {
        query[name].flatMap { Int64($0) }
    }

    /// A parameter of the query that is there and not empty.
    func text(_ name: String) -> String? {
        query[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func cookies(_ fields: [String]) -> [String: String] {
        var cookies: [String: String] = [:]
        var repeated: Set<String> = []
        for pair in fields.flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].drop { $0 == " " }
            guard parts.count == 2, !name.isEmpty else { continue }
            if cookies.updateValue(String(parts[1]), forKey: String(name)) != nil {
                repeated.insert(String(name))
            }
        }
        return cookies.filter { !repeated.contains($0.key) }
    }
}

/// The text form of queries and forms: names and values in percent-encoding.
enum FormText {
    /// Reads the fields; what is not UTF-8 becomes the replacement character.
    static func fields(_ bytes: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")).prefix(64) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = decode(parts[0])
            if fields[name] == nil {
                fields[name] = parts.count > 1 ? decode(parts[1]) : ""
            }
        }
        return fields
    }

    /// Writes a name or value so that it can stand in a query.
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "*"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }

    private static func decode(_ bytes: some Collection<UInt8>) -> String {
        var decoded: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next(), let low = rest.next() else { continue }
                if let high = high.hexadecimalValue, let low = low.hexadecimalValue {
                    decoded.append(high << 4 | low)
                } else {
                    decoded += [byte, high, low]
                }
            default: decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
