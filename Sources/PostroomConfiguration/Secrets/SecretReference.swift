/// Where a secret is kept; secrets themselves never stand in the configuration.
package enum SecretReference: Hashable, Sendable, CustomStringConvertible {
    /// In an environment variable: `env:NAME`.
    case variable(String)
    /// In a file: `file:PATH`.
    case file(String)

    /// The reference as it is written.
    package var description: String {
        switch self {
        case .variable(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        }
    }
}

extension ValueFormat where Value == SecretReference {
    /// A reference; a secret that is written literally is refused.
    package static let secretReference = ValueFormat("a reference, env:NAME or file:PATH") {
        text throws(ValueRefusal) in
        if text.hasPrefix("env:") {
            let name = text.dropFirst(4)
            let isName = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
            guard isName, name.first?.isNumber == false, !FoundText.looksLikeCredential(String(name)) else {
                throw ValueRefusal(hint: "after 'env:' stands the name of an environment variable, not the secret")
            }
            return .variable(String(name))
        }
        if text.hasPrefix("file:") {
            let path = text.dropFirst(5)
            guard !path.isEmpty, !path.hasPrefix("whsec_"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw ValueRefusal(hint: "after 'file:' stands the path of a file")
            }
            return .file(String(path))
        }
        throw ValueRefusal(
            hint: "secrets are not written into the configuration; put it into a file or an environment variable"
        )
    } write: {
        $0.description
    }
}
