package import PostroomCore

extension SecretReference {
    /// A secret, and what should be told of how it is kept.
    package struct Resolution: Sendable {
        /// The secret.
        package let secret: Sensitive<String>
        /// What to warn of, or `nil`.
        package let warning: String?
    }

    /// Why there is no secret where the reference points, and what to do.
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
    ///   - readFile: How a file is read.
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
