package import PostroomSources

/// The scheme of an endpoint with the source `custom`.
package struct SchemeSettings: Hashable, Sendable {
    /// The header with the signature or the secret, or `nil`.
    package var header: String?
    /// The parameter of the URL's query with it, or `nil`.
    package var query: String?
    /// The path of the member of the JSON body with it, or `nil`.
    package var json: String?
    /// The text before a signature.
    package var prefix: String?
    /// The name of the pairs that are signatures, where the value is a list of pairs such as `t=…,v1=…`.
    package var parameter: String?
    /// The text between such pairs.
    package var separator: String?
    /// The word of an authorization scheme before the secret, for example `Bearer`.
    package var authorization: String?
    /// The encoding of the signature.
    package var encoding: SignatureScheme.Encoding?
    /// The algorithm that makes it.
    package var algorithm: SignatureScheme.Algorithm?
    /// The form of the secrets.
    package var key: SignatureScheme.KeyForm?
    /// The texts that are signed, with their placeholders.
    package var signed: [SignedText] = []
    /// The header with the time of sending, or `nil`.
    package var timestampHeader: String?
    /// The name of the pair with the time of sending, or `nil`.
    package var timestampParameter: String?
    /// The path of the time of sending in the JSON body, or `nil`.
    package var timestampJSON: String?
    /// The unit of the time.
    package var timestampUnit: SignatureScheme.Time.Unit = .seconds
    /// The bound within which the time may be off both ways.
    package var tolerance: Duration = .seconds(300)
    /// The longest time since a request was signed, where it is not that bound.
    package var tolerancePast: Duration?
    /// The longest time by which the sender's clock may be ahead, where it is not that bound.
    package var toleranceFuture: Duration?
    /// The parameter of the URL's query with the digest of a body that is no form, or `nil`.
    package var bodyDigest: String?

    /// A scheme of which nothing is said.
    package init() {}

    /// The keys of a scheme.
    package static let table: [Setting<SchemeSettings>] = [
        Setting("header", optional: \.header, .headerName, "the header with the signature, or with the secret itself"),
        Setting("query", optional: \.query, .words, "the parameter of the URL with it, if no header has it"),
        Setting("json", optional: \.json, .jsonPath, "the JSON path of it, if no header has it"),
        Setting("prefix", optional: \.prefix, .words, "the text before the signature, for example sha256="),
        Setting("parameter", optional: \.parameter, .words, "the name of the pairs that are signatures, as in v1=…"),
        Setting("separator", optional: \.separator, .words, "the text between pairs; a comma if not given"),
        Setting("authorization", optional: \.authorization, .words, "the word before a secret: Bearer or Basic"),
        Setting(
            "encoding",
            optional: \.encoding,
            .choice,
            "the encoding of the signature; hex if not given, for a secret text, for one after Basic base64"
        ),
        Setting("algorithm", optional: \.algorithm, .choice, "the algorithm; sha256, an HMAC, if not given"),
        Setting("key", optional: \.key, .choice, "the form of the secrets; text if not given"),
        Setting(
            "signed",
            list: \.signed,
            .signedText,
            "the texts that are signed, in their order; {body} if not given"
        ),
        Setting("timestamp.header", optional: \.timestampHeader, .headerName, "the header with the time of sending"),
        Setting("timestamp.parameter", optional: \.timestampParameter, .words, "the name of the pair with the time"),
        Setting("timestamp.json", optional: \.timestampJSON, .jsonPath, "the JSON path of the time of sending"),
        Setting("timestamp.unit", \.timestampUnit, .choice, "the unit of the time"),
        Setting(
            "timestamp.tolerance",
            \.tolerance,
            .duration(.seconds(1)...(.seconds(30 * 86_400))),
            "how far the time may be off"
        ),
        Setting(
            "timestamp.past",
            optional: \.tolerancePast,
            .duration(.seconds(1)...(.seconds(30 * 86_400))),
            "how long ago the time may be, if not timestamp.tolerance; for senders that retry with the first signature"
        ),
        Setting(
            "timestamp.future",
            optional: \.toleranceFuture,
            .duration(.seconds(1)...(.seconds(30 * 86_400))),
            "how far ahead the time may be, if not timestamp.tolerance"
        ),
        Setting(
            "body-digest",
            optional: \.bodyDigest,
            .words,
            "the parameter of the URL with the hexadecimal SHA-256 of a body that is no form"
        ),
    ]

    /// The scheme, or `nil` where none is given.
    package var value: SignatureScheme? {
        guard let location else { return nil }
        let notation: SignatureScheme.Notation =
            if let parameter {
                .parameters(name: parameter, separator: separator ?? ",")
            } else if let authorization {
                .authorization(authorization)
            } else {
                .plain(prefix: prefix ?? "")
            }
        let algorithm = algorithm ?? .hmacSHA256
        return SignatureScheme(
            location,
            notation,
            encoding ?? usualEncoding(algorithm),
            algorithm,
            keyForm: key ?? (algorithm == .ed25519 ? .hexadecimal : .text),
            signed: signed.isEmpty ? [.body] : signed.flatMap(\.parts),
            time: time.map { .init($0, unit: timestampUnit, tolerance: bounds) },
            bodyDigest: bodyDigest
        )
    }

    private var bounds: TimestampTolerance {
        TimestampTolerance(past: tolerancePast ?? tolerance, future: toleranceFuture ?? tolerance)
    }

    private func usualEncoding(_ algorithm: SignatureScheme.Algorithm) -> SignatureScheme.Encoding {
        guard algorithm == .secret else { return .hexadecimal }
        // By RFC 7617; without the encoding every request would be refused.
        return authorization?.lowercased() == "basic" ? .base64 : .text
    }

    private var location: SignatureScheme.Location? {
        header.map { .header($0) } ?? query.map { .query($0) } ?? json.map { .json($0) }
    }

    private var time: SignatureScheme.Time.Location? {
        timestampHeader.map { .header($0) } ?? timestampParameter.map { .parameter($0) }
            ?? timestampJSON.map { .json($0) }
    }

    /// Finds the settings that do not fit together.
    ///
    /// - Parameter isExpected: True where the endpoint's source has a scheme of its own to be given.
    /// - Returns: The settings, with what to do about each.
    package func problems(isExpected: Bool) -> [(setting: String, advice: String)] {
        guard isExpected else {
            return self == SchemeSettings() ? [] : [("scheme", "is for the source 'custom'; leave it out")]
        }
        var problems: [(setting: String, advice: String)] = []
        if [header, query, json].compactMap(\.self).count != 1 {
            problems.append(
                ("scheme", "needs one of header, query and json, which says where the signature or the secret stands")
            )
        }
        if [parameter, authorization, prefix].compactMap(\.self).count > 1 {
            problems.append(("scheme", "can have one of prefix, parameter and authorization; leave the others out"))
        }
        if timestampParameter != nil, parameter == nil {
            problems.append(
                ("scheme.timestamp.parameter", "stands beside signatures in pairs; give scheme.parameter too")
            )
        }
        if time == nil, signed.contains(where: { $0.parts.contains(.timestamp) }) {
            problems.append(
                ("scheme.signed", "has {timestamp}, but nothing says where it stands; give scheme.timestamp")
            )
        }
        for (key, bound) in [("past", tolerancePast), ("future", toleranceFuture)] where bound != nil && time == nil {
            problems.append(
                ("scheme.timestamp.\(key)", "bounds a time, but nothing says where it stands; give scheme.timestamp")
            )
        }
        if bodyDigest != nil, !signed.contains(where: { $0.parts.contains(.url) }) {
            problems.append(
                ("scheme.body-digest", "stands in the URL, which is not signed; put {url} into scheme.signed")
            )
        }
        if algorithm == .secret, json != nil {
            problems.append(
                (
                    "scheme.json",
                    "would leave the secret in clear in every stored body; let the sender put it into a header or the URL"
                )
            )
        }
        if algorithm == .secret, !signed.isEmpty {
            problems.append(
                ("scheme.signed", "means nothing where the request carries the secret itself; leave it out")
            )
        }
        return problems
    }
}

/// A text that is signed, with placeholders for what a request brings.
package struct SignedText: Hashable, Sendable {
    /// The text as it is written.
    package let text: String
    /// Its parts.
    package let parts: [SignatureScheme.Part]

    /// Reads a text; `nil` where a brace is open or a placeholder is none of the known ones.
    package init?(_ text: String) {
        var parts: [SignatureScheme.Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex {
                parts.append(.literal(String(rest[..<open])))
            }
            guard let close = rest[open...].firstIndex(of: "}"),
                let part = SignedText.part(rest[rest.index(after: open)..<close])
            else { return nil }
            parts.append(part)
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty {
            parts.append(.literal(String(rest)))
        }
        guard !parts.isEmpty else { return nil }
        self.text = text
        self.parts = parts
    }

    private static func part(_ name: Substring) -> SignatureScheme.Part? {
        let pair = name.split(separator: ":", maxSplits: 1).map(String.init)
        switch (pair.first, pair.count) {
        case ("body"?, 1): return .body
        case ("timestamp"?, 1): return .timestamp
        case ("method"?, 1): return .method
        case ("url"?, 1): return .url
        case ("form"?, 1): return .formFields
        case ("header"?, 2): return .header(pair[1])
        case ("json"?, 2): return .json(pair[1])
        default: return nil
        }
    }
}

extension ValueFormat where Value == SignedText {
    /// A text with placeholders.
    package static let signedText = ValueFormat(
        "a text with {body}, {timestamp}, {url}, {method}, {form}, {header:Name} or {json:path}",
        range: "a text with placeholders"
    ) {
        SignedText($0)
    } write: {
        $0.text
    }
}

extension ValueFormat where Value == String {
    /// A short text without control characters.
    package static let words = ValueFormat("a short text", range: "a text") { text in
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    } write: {
        $0
    }
}
