package import PostroomCore

/// The place of a secret; secrets themselves never stand in the configuration.
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

extension SecretReference {
    /// A secret, and a warning about its keeping.
    package struct Resolution: Sendable {
        /// The secret.
        package let secret: Sensitive<String>
        /// The warning, or `nil`.
        package let warning: String?
    }

    /// The reason why there is no secret where the reference points, and the advice.
    ///
    /// It holds no part of a secret.
    package struct Failure: Error, Hashable {
        package let advice: String
    }

    /// Reads the secret.
    ///
    /// Line ends after it are dropped: files end in one, and so do secrets that were encoded from `echo`.
    ///
    /// - Parameters:
    ///   - environment: The environment.
    ///   - readFile: The way to read a file.
    /// - Returns: The secret, which is not empty and has nothing around it.
    /// - Throws: ``Failure``.
    package func resolve(
        environment: [String: String],
        readFile: ConfigurationLoader.FileReader
    ) throws(Failure) -> Resolution {
        switch self {
        case .variable(let name):
            guard let text = environment[name] else {
                throw Failure(advice: "\(self) points to no variable; set \(name), or correct the reference")
            }
            return Resolution(secret: try checked(text), warning: nil)
        case .file(let path):
            let file: BoundedFile
            do throws(FileProblem) {
                file = try readFile(path)
            } catch {
                throw Failure(
                    advice: "\(self) can't be read: \(error.reason); put the secret there, or correct the path"
                )
            }
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                throw Failure(advice: "\(self) is not text in UTF-8; put the secret there as the producer shows it")
            }
            let warning = file.isWorldReadable ? "\(self) can be read by everybody; run: chmod o-r '\(path)'" : nil
            return Resolution(secret: try checked(text), warning: warning)
        }
    }

    private func checked(_ text: String) throws(Failure) -> Sensitive<String> {
        let secret = text.prefix(text.reversed().drop(while: \.isNewline).count)
        guard !secret.allSatisfy(\.isWhitespace) else {
            throw Failure(advice: "\(self) is empty; put the secret there")
        }
        if let blemish = Self.blemish(of: secret) {
            throw Failure(advice: "\(self) \(blemish), and with it every request would be refused")
        }
        return Sensitive(String(secret))
    }

    /// A blemish that no secret of a producer has and that files and variables get by mistake, or `nil`.
    private static func blemish(of secret: Substring) -> String? {
        guard let first = secret.first, let last = secret.last, let start = secret.unicodeScalars.first else {
            return nil
        }
        if start == "\u{FEFF}" { return "begins with a byte order mark; save it without one" }
        if first.isWhitespace || last.isWhitespace { return "has blanks around the secret; take them out" }
        if secret.contains(where: \.isNewline) {
            return "has several lines; give each secret a reference of its own"
        }
        let quotes: Set<Character> = ["\"", "'", "`", "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}"]
        if quotes.contains(first), quotes.contains(last) { return "has quotes around the secret; take them out" }
        let isOdd = secret.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        }
        return isOdd ? "has characters that can't be seen; write it anew" : nil
    }
}

extension ValueFormat where Value == SecretReference {
    /// A reference; a secret that is written literally is refused.
    package static let secretReference = ValueFormat(
        "a reference, env:NAME or file:PATH",
        range: "env:NAME, file:PATH"
    ) { text throws(ValueRefusal) in
        if text.hasPrefix("env:") {
            let name = text.dropFirst(4)
            let isName = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
            guard isName, name.first?.isNumber == false, !DisplayedValue.looksLikeCredential(String(name)) else {
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
