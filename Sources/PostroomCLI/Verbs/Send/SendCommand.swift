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
            headers: try header.map(SendHeader.argument)
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

    private func resolveSecret() throws -> Secret {
        guard let secret = try secret.map(SendValues.secret) else { return Secret(DevSecrets.text(of: source) ?? "") }
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
