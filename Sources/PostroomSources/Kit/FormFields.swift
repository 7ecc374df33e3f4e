import PostroomCore

/// The names and values of a form (`application/x-www-form-urlencoded`), and of a URL's query, which is written alike.
struct FormFields {
    private(set) var fields: [(name: String, value: String)] = []

    /// Decodes a text; escapes that are none stay as they are.
    init(decoding text: some Sequence<UInt8>) {
        let text = Array(text)
        for pair in text.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            fields.append((FormFields.decoded(name), FormFields.decoded(pair.dropFirst(name.count + 1))))
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                if let escaped = Hexadecimal.decode(rest.prefix(2)), escaped.count == 1 {
                    bytes += escaped
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of a request's body, or `nil` where it is no form.
    init?(_ headers: Headers, _ body: [UInt8]) {
        guard FormFields.isForm(headers) else { return nil }
        self.init(decoding: body)
    }

    /// The parameters of a target's query.
    init(target: String) {
        let query = target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst().prefix { $0 != UInt8(ascii: "#") }
        self.init(decoding: query)
    }

    /// The values of a name, in their order.
    func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The value of a name that is there once.
    func only(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    /// Every name and value in the order of their bytes, equal pairs once, without anything between them.
    var sortedText: [UInt8] {
        var pairs = fields.map { (name: Array($0.name.utf8), value: Array($0.value.utf8)) }
        pairs.sort { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        var text: [UInt8] = []
        for (index, pair) in pairs.enumerated() where index == 0 || pair != pairs[index - 1] {
            text += pair.name
            text += pair.value
        }
        return text
    }

    /// True where a body is said to be a form.
    static func isForm(_ headers: Headers) -> Bool {
        guard let type = headers.only("content-type") else { return false }
        let media = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return media.lazy.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
            .elementsEqual("application/x-www-form-urlencoded".utf8)
    }
}
