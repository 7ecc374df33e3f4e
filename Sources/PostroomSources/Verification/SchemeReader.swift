import Crypto
import PostroomCore

/// Takes from a request what a scheme speaks of.
struct SchemeReader {
    /// The signatures that a request offers.
    struct Presented {
        var candidates: [[UInt8]] = []
        /// The parameters beside them, where the notation has some.
        var parameters: [(name: Substring, value: Substring)] = []
    }

    /// The time of sending.
    struct Time {
        let text: String
        let seconds: Int64
    }

    private let scheme: SignatureScheme
    private let request: WebhookRequest
    /// The body as JSON; read at most once.
    private var document: JSONDocument?

    init(_ scheme: SignatureScheme, _ request: WebhookRequest) {
        self.scheme = scheme
        self.request = request
    }

    // MARK: - The signature

    /// Reads the signatures.
    mutating func presented() throws(Refusal) -> Presented {
        let text: String
        switch scheme.location {
        case .header(let name): text = try HeaderField.sole(name, in: request.headers)
        case .query(let name):
            let values = FormFields(target: request.target).values(name)
            guard let value = values.first, !value.isEmpty else { throw Refusal(.missingHeader) }
            guard values.count == 1 else { throw Refusal(.duplicateHeader) }
            text = value
        case .json(let path): text = try json(path)
        }
        switch scheme.notation {
        case .plain(let prefix):
            let value = HeaderField.trimmed(text)
            guard value.starts(with: prefix.utf8) else { throw Refusal(.malformedHeader) }
            return Presented(candidates: try decoded(value.dropFirst(prefix.utf8.count)))
        case .authorization(let word):
            let value = HeaderField.trimmed(text)
            let scheme = value.prefix { !HeaderField.isBlank($0) }
            guard scheme.lazy.map({ $0 | 0x20 }).elementsEqual(word.utf8.lazy.map { $0 | 0x20 }) else {
                throw Refusal(.malformedHeader)
            }
            return Presented(candidates: try decoded(value.dropFirst(scheme.count).drop { HeaderField.isBlank($0) }))
        case .parameters(let name, let separator):
            return try parameters(text, name, separator)
        }
    }

    private func decoded(_ text: Substring.UTF8View) throws(Refusal) -> [[UInt8]] {
        guard let bytes = scheme.encoding.decode(text), scheme.algorithm.byteCount.map({ $0 == bytes.count }) ?? true
        else { throw Refusal(.malformedHeader) }
        return [bytes]
    }

    private func parameters(_ text: String, _ name: String, _ separator: String) throws(Refusal) -> Presented {
        let pairs = text.split(separator: separator, maxSplits: SchemeVerifier.maximumTokens)
        guard pairs.count <= SchemeVerifier.maximumTokens else { throw Refusal(.malformedHeader) }
        var presented = Presented()
        for pair in pairs {
            let pair = pair.drop { $0 == " " }
            guard let sign = pair.firstIndex(of: "=") else { continue }
            let value = pair[pair.index(after: sign)...]
            presented.parameters.append((pair[..<sign], value))
            if pair[..<sign] == name, let code = scheme.encoding.decode(HeaderField.trimmed(String(value))),
                code.count == scheme.algorithm.byteCount
            {
                presented.candidates.append(code)
            }
        }
        guard !presented.candidates.isEmpty else { throw Refusal(.malformedHeader) }
        return presented
    }

    // MARK: - The time

    /// Reads the time of sending: one to sixteen digits and nothing else, which every library reads alike.
    mutating func time(_ presented: Presented) throws(Refusal) -> Time? {
        guard let time = scheme.time else { return nil }
        let text: String
        switch time.location {
        case .header(let name): text = try HeaderField.sole(name, in: request.headers)
        case .parameter(let name):
            let values = presented.parameters.filter { $0.name == name }
            guard values.count == 1 else { throw Refusal(.malformedHeader) }
            text = String(values[0].value)
        case .json(let path): text = try json(path)
        }
        guard (1...16).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }),
            let number = Int64(text)
        else { throw Refusal(.malformedHeader) }
        return Time(text: text, seconds: time.unit == .seconds ? number : number / 1000)
    }

    // MARK: - What is signed

    /// The bytes that are signed, in pieces.
    ///
    /// The value of a header can't hold the text that ends it: else two requests would have one signature.
    mutating func signedPieces(time: Time?, url: String) throws(Refusal) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        pieces.reserveCapacity(scheme.signed.count)
        for (index, part) in scheme.signed.enumerated() {
            switch part {
            case .literal(let text): pieces.append(Array(text.utf8))
            case .header(let name):
                let value = try HeaderField.sole(name, in: request.headers)
                if case .literal(let end)? = scheme.signed.dropFirst(index + 1).first, value.contains(end) {
                    throw Refusal(.malformedHeader)
                }
                pieces.append(Array(value.utf8))
            case .json(let path): pieces.append(Array(try json(path).utf8))
            case .timestamp: pieces.append(Array((time?.text ?? "").utf8))
            case .method: pieces.append(Array(request.method.utf8))
            case .url: pieces.append(Array(url.utf8))
            case .body: pieces.append(request.body)
            case .formFields: pieces.append(FormFields(request.headers, request.body)?.sortedText ?? [])
            }
        }
        return pieces
    }

    /// Compares a body that is no form with the digest that the signed URL carries.
    func checkBodyDigest() throws(Refusal) {
        guard let name = scheme.bodyDigest, !FormFields.isForm(request.headers) else { return }
        let offered = FormFields(target: request.target).only(name).flatMap { Hexadecimal.decode($0.utf8) }
        guard let offered else {
            guard request.body.isEmpty else { throw Refusal(.missingHeader) }
            return
        }
        guard Array(SHA256.hash(data: request.body)) == offered else { throw Refusal(.signatureMismatch) }
    }

    /// The text of a string or an integer of the body.
    private mutating func json(_ path: String) throws(Refusal) -> String {
        let lookup = JSONLookup(path)
        if document == nil {
            document = try? JSONDocument(checking: request.body, allowsArray: lookup.beginsInArray)
        }
        guard let text = document.flatMap({ lookup.value(in: $0)?.identifier }), !text.isEmpty else {
            throw Refusal(.missingHeader)
        }
        return text
    }
}
