import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomSources

/// `postroom send`: plays the sender.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send made-up deliveries, signed as a source's sender would sign them.",
        discussion: """
            Without options it sends one delivery to the endpoint that 'dev' gives the source, with that endpoint's known \
            secret. It exits with 0 if every answer was 2xx, or with --invalid-signature 401 or 503.
            """
    )

    @Argument(help: "The source whose sender is played, for example wacht.", transform: SendValues.source)
    var source: Source

    @Argument(help: "The event type, in the producer's spelling (default: all of the source in turn).")
    var eventType: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Send the body in this file, signed; - reads standard input (default: made up).",
            valueName: "file"
        )
    )
    var body: String?

    @Option(name: .long, help: "How many requests to send.")
    var count = 1

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The most requests in a time, for example 100/s or 30/m (default: no bound).",
            valueName: "n/s"
        ),
        transform: SendRate.argument
    )
    var rate: SendRate?

    @Option(
        name: .long,
        help: "Where to send to: the receiver's address, or the endpoint's whole URL.",
        transform: SendTarget.argument
    )
    var url = SendTarget.dev

    @Option(name: .long, help: "The endpoint's name (default: the source's).", transform: SendValues.endpoint)
    var endpoint: EndpointName?

    @Option(
        name: .long,
        help: ArgumentHelp("The endpoint's secret (default: that of 'dev').", valueName: "env:NAME|file:PATH")
    )
    var secret: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The header that carries the signature (default: the source's).", valueName: "name")
    )
    var signatureHeader: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A further header, or another value for one of the sender's.", valueName: "name=value")
    )
    var header: [String] = []

    @Option(name: .long, help: "The most requests that wait for their answers at once.")
    var concurrency = 8

    @Flag(name: .long, help: "Spoil every signature: right in form, wrong in content.")
    var invalidSignature = false

    @Option(name: .long, help: ArgumentHelp("Let every N-th request repeat the one before it.", valueName: "n"))
    var duplicateEvery: Int?

    @Flag(
        name: .long,
        help: "Shuffle the order of sending; the events then lie a second apart, the last of them now."
    )
    var outOfOrder = false

    @Option(name: .long, help: "Where the made-up values come from: the same for the same number (default: random).")
    var seed: UInt64?

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    func validate() throws {
        try OptionRange.check("--count", count, 1...100_000_000)
        try OptionRange.check("--concurrency", concurrency, 1...10_000)
        if let duplicateEvery {
            try OptionRange.check("--duplicate-every", duplicateEvery, 2...100_000_000)
        }
        if endpoint != nil, url.isWhole {
            throw ValidationError("--url names an endpoint already; leave out its path, or --endpoint")
        }
        try SendValues.checkEventType(eventType, of: source)
        _ = try secret.map(SendValues.secret)
        _ = try header.map(SendHeader.argument)
        if let signatureHeader {
            try SendValues.checkSignatureHeader(signatureHeader, of: source)
        }
    }

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 0...UInt64.max)
        let samples = SendPlan.samples(in: count, duplicateEvery: duplicateEvery)
        let target = url.address(of: endpoint ?? EndpointName(rawValue: source.rawValue))
        let plan = SendPlan(
            source: source,
            eventType: eventType,
            secret: try resolveSecret(),
            seed: seed,
            duplicateEvery: duplicateEvery,
            isInvalid: invalidSignature,
            madeAt: Date(),
            order: outOfOrder ? SendOrder(count: samples, seed: seed) : nil,
            samples: samples,
            signatureHeader: signatureHeader,
            url: target,
            headers: try header.map(SendHeader.argument),
            body: try body.map(GivenBody.read)
        )
        let run = SendRun(plan: plan, count: count, concurrency: concurrency, rate: rate)
        let report = try await SendClient.withClient(concurrency: concurrency) { client in
            try await run.run(progress: SendProgress.ofTerminal(count: count)) { request in
                await client.post(request, to: target)
            }
        }
        try CommandOutput.write { report.write(to: $0, asJSON: json) }
        if let failure = report.failure(target: target) {
            throw failure
        }
    }

    /// The secret of the development setup's endpoint.
    private var devSecret: Secret {
        Secret(DevSecrets(ProgramContext.current.sources).text(of: source) ?? "")
    }

    private func resolveSecret() throws -> Secret {
        guard let secret = try secret.map(SendValues.secret) else { return devSecret }
        do throws(SecretReference.Failure) {
            let resolution = try secret.resolve(environment: ProgramContext.current.environment) {
                path throws(FileProblem) in
                try BoundedFile(reading: path, limit: 1 << 16)
            }
            return Secret(resolution.secret.exposed)
        } catch {
            throw CommandFailure(.usage, "--secret: \(error.advice)")
        }
    }
}

/// A shuffled order of the numbers below a count: each comes once, the same for the same seed, and none is remembered.
///
/// A Feistel network permutes the numbers of an even number of bits; what lands beyond the count is permuted again until
/// it does not, which is less than four times on average.
struct SendOrder: Sendable {
    private let count: UInt64
    private let halfBits: UInt64
    private let keys: [UInt64]

    /// Shuffles the numbers from 0 to `count - 1`.
    init(count: Int, seed: UInt64) {
        self.count = UInt64(max(1, count))
        let bits = UInt64(UInt64.bitWidth - (self.count - 1).leadingZeroBitCount)
        self.halfBits = max(1, (bits + 1) / 2)
        self.keys = (1...4).map { Self.mixed(seed &+ $0 &* 0x9E37_79B9_7F4A_7C15) }
    }

    /// The number that stands at a place.
    func number(at place: UInt64) -> UInt64 {
        var number = place
        repeat {
            number = permuted(number)
        } while number >= count
        return number
    }

    private func permuted(_ number: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << halfBits) - 1
        var (left, right) = (number >> halfBits, number & mask)
        for key in keys {
            (left, right) = (right, left ^ (Self.mixed(right ^ key) & mask))
        }
        return left << halfBits | right
    }

    /// The last step of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// The destination of requests.
struct SendTarget: Hashable, Sendable {
    /// The receiver of the development setup.
    static let dev = SendTarget(text: "http://127.0.0.1:8080", isWhole: false)

    private let text: String
    /// A mark of URLs that name an endpoint already.
    let isWhole: Bool

    private init(text: String, isWhole: Bool) {
        self.text = text
        self.isWhole = isWhole
    }

    /// Reads a target.
    ///
    /// - Parameter text: The receiver's address, `http://host:port`, or an endpoint's whole URL.
    /// - Returns: The target, or `nil` where the text is no such URL.
    static func parse(_ text: String) -> SendTarget? {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            url.host()?.isEmpty == false
        else { return nil }
        guard ["", "/"].contains(url.path()), url.query() == nil else { return SendTarget(text: text, isWhole: true) }
        return SendTarget(text: text.hasSuffix("/") ? String(text.dropLast()) : text, isWhole: false)
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> SendTarget {
        guard let target = parse(text) else {
            throw ValidationError(
                "expected the receiver's address, such as \(dev.text), or an endpoint's whole URL, with its scheme"
            )
        }
        return target
    }

    /// The URL to post to.
    func address(of endpoint: EndpointName) -> String {
        isWhole ? text : "\(text)/hooks/\(endpoint)"
    }
}

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

/// Reads and checks what `postroom send` is given.
enum SendValues {
    /// Reads the name of a source.
    ///
    /// - Throws: `ValidationError` that lists the sources.
    @Sendable
    static func source(_ text: String) throws -> Source {
        let source = Source(rawValue: text)
        let sources = ProgramContext.current.sources
        guard sources.definition(of: source) != nil else {
            throw ValidationError("the sources are \(Suggestion.list(sources.definitions.map(\.source.rawValue)))")
        }
        return source
    }

    /// Reads the name of an endpoint.
    ///
    /// - Throws: `ValidationError` that says what a name is like.
    @Sendable
    static func endpoint(_ text: String) throws -> EndpointName {
        guard EndpointSettings.isName(text) else { throw ValidationError(EndpointSettings.adviceOnName) }
        return EndpointName(rawValue: text)
    }

    /// Reads a reference to a secret.
    ///
    /// The parser shows a text that it can't read, and this one may be the secret itself by mistake. So the option is a
    /// plain text to the parser, and is read here.
    ///
    /// - Throws: `ValidationError`, which does not show the text.
    static func secret(_ text: String) throws -> SecretReference {
        do throws(ValueRefusal) {
            return try ValueFormat.secretReference.read(text)
        } catch {
            let expectation = "--secret takes \(ValueFormat.secretReference.expectation)"
            throw ValidationError(error.hint.map { "\(expectation); \($0)" } ?? expectation)
        }
    }

    /// Checks the header of a signature.
    ///
    /// - Throws: `ValidationError` where a request can't have such a header, or the source's sender always uses its own.
    static func checkSignatureHeader(_ name: String, of source: Source) throws {
        _ = try SendHeader.checkedName(name, option: "--signature-header")
        guard let definition = ProgramContext.current.sources.definition(of: source), !definition.allowsOtherHeader
        else { return }
        throw ValidationError("\(source) always signs in '\(definition.signatureHeader)'; leave out --signature-header")
    }

    /// Checks that there are samples of an event type.
    ///
    /// - Throws: `ValidationError` that names those that there are.
    static func checkEventType(_ eventType: String?, of source: Source) throws {
        let sources = ProgramContext.current.sources
        let samples = SampleDeliveries(seed: 0, sources: sources)
        let sample = samples.sample(source, eventType, index: 0, now: Date(timeIntervalSince1970: 0))
        guard sample == nil, let eventType else { return }
        let known = sources.events(of: source).map(\.eventType)
        let nearest = Suggestion.nearest(to: eventType, in: known).map { "; did you mean \($0)?" }
        let list = known.count <= 20 ? ": \(Suggestion.list(known))" : ""
        throw ValidationError(
            "\(source) has no event type '\(EscapedText.of(eventType))'\(nearest ?? "; it has \(known.count)\(list)")"
        )
    }
}
