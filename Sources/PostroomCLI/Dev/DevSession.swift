import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostroomAdmin
import PostroomConfiguration
import PostroomConsole
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources
import PostroomWorker
import ServiceLifecycle
import Synchronization
import SystemPackage

/// A running development setup, shown to the person who started it.
struct DevSession: Sendable {
    let stack: ServeStack
    let setup: DevSetup
    let demo: DevHandlers
    let output: CommandOutput
    /// The variables that a command in another terminal may have, and that lead it elsewhere.
    var unused: [String] = []

    /// Shows what arrives until a signal ends it.
    func show() async throws {
        try await stack.run(
            with: Companion { [self] in
                guard let address = try await stack.receiver?.boundAddress() else { return }
                let adminPort = await stack.admin.boundPort() ?? 0
                await cancelWhenGracefulShutdown {
                    // Who is told where to send, sends.
                    guard (try? await waitForHandlers()) != nil else { return }
                    greet(port: address.port, adminPort: adminPort)
                    for await attempt in demo.attempts {
                        output.line(Self.line(attempt))
                    }
                }
            }
        )
    }

    /// Sends one delivery per source, waits until each is handled, replays a dead letter, and ends.
    ///
    /// - Throws: ``CommandFailure`` that says what did not work.
    func smoke() async throws {
        try await stack.run(
            with: Companion { [self] in
                guard let address = try await stack.receiver?.boundAddress() else { return }
                try await DevSmoke(session: self, port: address.port).run()
            }
        )
    }

    /// Waits until a worker has the handlers: a new one gets only what was accepted after that worker was registered.
    ///
    /// It asks again and again, as another connection writes the worker's row and signals nobody.
    ///
    /// - Throws: `CancellationError`.
    func waitForHandlers() async throws {
        while true {
            if let known = try? await stack.inbox.backlog(),
                known.contains(where: { $0.name == DevHandlers.show && !$0.isOrphaned })
            {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// A closure that runs beside the services.
    private struct Companion: Service {
        let body: @Sendable () async throws -> Void

        func run() async throws {
            try await body()
        }
    }

    private func greet(port: Int, adminPort: Int) {
        let name = ProgramContext.current.name
        output.note("")
        for endpoint in stack.configuration.endpoints {
            output.note("  POST http://127.0.0.1:\(port)/hooks/\(endpoint.name)")
        }
        output.note("  GET  http://127.0.0.1:\(adminPort)/metrics, /health/ready")
        output.note("")
        output.note("look at it: http://127.0.0.1:\(adminPort)\(Console.path)")
        output.note("")
        output.note("try, from another terminal:")
        let program = Self.shell(ProgramContext.current.path)
        let others = unused.filter { $0.hasPrefix(EnvironmentName.prefix) }
        let without = others.isEmpty ? "" : "env " + others.map { "-u \($0) " }.joined()
        output.note("  \(program) send wacht --url http://127.0.0.1:\(port)")
        output.note("  \(without)\(program) status --config \(Self.shell(setup.configurationFile.string))")
        output.note("  psql \"\(stack.configuration.database.connectionString)\" -c 'SELECT * FROM postroom.status'")
        output.note("")
        output.note("\(name) shows deliveries here as they are handled; Ctrl-C ends all of it.")
    }

    /// A word as a shell takes it.
    private static func shell(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 128 && (character.isLetter || character.isNumber || "/._-+@:,=".contains(character))
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// An attempt in one line: where the delivery came in and as what, and how the attempt ended.
    static func line(_ attempt: EndedAttempt) -> String {
        let delivery = attempt.delivery
        let type = EscapedText.of(delivery.eventType ?? "(no event type)")
        return "\(delivery.endpoint)  \(type)  delivery \(delivery.id)  \(end(of: attempt))"
    }

    private static func end(of attempt: EndedAttempt) -> String {
        let handler = EscapedText.of(attempt.handler.rawValue)
        let number = "attempt \(attempt.attempt) of \(attempt.maximumAttempts)"
        return switch attempt.outcome {
        case .handled(let duration, _):
            "handled by \(handler) in \(HumanText.duration(duration))"
                + (attempt.attempt > 1 ? ", attempt \(attempt.attempt)" : "")
        case .owed(let delay, let failure?):
            "failed in \(handler), \(number), again in \(HumanText.duration(delay)): \(EscapedText.of(failure.error))"
        case .dead(let reason, let failure):
            "dead letter of \(handler) (\(reason.rawValue)), \(number): \(EscapedText.of(failure.error))"
        case .owed(_, nil), .running:
            "interrupted in \(handler)"
        }
    }
}

/// The handlers that `dev` adds: one shows every delivery, and where the program has none of its own, one fails in a way
/// that can be watched.
struct DevHandlers {
    /// Shows what arrives.
    static let show: HandlerName = "dev.show"
    /// Gives up each `sync.failed` at its first attempt, and handles it when it is replayed.
    static let pager: HandlerName = "dev.pager"

    /// The attempts of all handlers that ended, the program's own included.
    let attempts: AsyncStream<EndedAttempt>
    private let continuation: AsyncStream<EndedAttempt>.Continuation

    init() {
        (attempts, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Takes note of an attempt.
    func observe(_ attempt: EndedAttempt) {
        continuation.yield(attempt)
    }

    /// Registers them beside the program's own.
    func register(on handlers: inout HandlerRegistry) {
        let hasNone = handlers.handlers.isEmpty
        handlers.on(.everything, named: Self.show) { _, _ in }
        guard hasNone else { return }
        handlers.on(.events(from: .nyuchi, matching: "sync.failed"), named: Self.pager) { _, context in
            guard context.attempt > 1 else {
                throw HandlerError.permanent("the demo's pager is broken; replay this letter and it works")
            }
        }
    }
}

/// The check that everything works together: real requests in, real handlers out, a dead letter back.
final class DevSmoke: Sendable {
    private let session: DevSession
    private let port: Int
    private let step = Mutex("nothing happened")

    /// The longest time for all of it.
    private static let patience: Duration = .seconds(60)

    init(session: DevSession, port: Int) {
        self.session = session
        self.port = port
    }

    /// Runs the check.
    ///
    /// - Throws: ``CommandFailure`` that says what did not work.
    func run() async throws {
        guard try await withTimeLimit(Self.patience, { try await self.sendAndReplay() }) != nil else {
            throw CommandFailure(.failed, "after \(Self.patience): \(self.step.withLock(\.self))")
        }
    }

    private func sendAndReplay() async throws {
        expect("the database was not reached")
        try await session.stack.inbox.waitUntilConnected()
        // Nothing is stored before the schema was seen to fit; the service that looks at it may come after us.
        _ = try await session.stack.inbox.schemaState()
        expect("the handlers were not registered")
        try await session.waitForHandlers()
        var handled = session.demo.attempts.filter(\.isHandled).makeAsyncIterator()
        let secrets = DevSecrets(ProgramContext.current.sources).all
        for (source, secret) in secrets {
            let id = try await send(source, secret)
            expect("the delivery of \(source) was accepted as \(id) and not handled")
            while let attempt = await handled.next(isolation: nil) {
                guard attempt.delivery.id != id || attempt.handler != DevHandlers.show else { break }
            }
            session.output.line("\(source): accepted as delivery \(id), handled")
        }
        let letter = try await deadLetter()
        session.output.line("dead letter \(letter.id): \(letter.handler), \(letter.reason): \(letter.error)")
        var filter = DeadLetterFilter()
        filter.ids = [letter.id]
        _ = try await session.stack.inbox.replayDeadLetters(filter, everything: false)
        expect("the replayed dead letter \(letter.id) was not handled")
        while let attempt = await handled.next(isolation: nil) {
            guard attempt.delivery.id != letter.deliveryID || attempt.handler != DevHandlers.pager else { break }
        }
        session.output.line("dead letter \(letter.id): replayed, handled at its second attempt")
        session.output.line("all \(secrets.count) sources work")
    }

    private func expect(_ problem: String) {
        step.withLock { $0 = problem }
    }

    private func deadLetter() async throws -> DeadLetterSummary {
        var filter = DeadLetterFilter()
        filter.handler = DevHandlers.pager
        return try await poll("the failed handler left no dead letter") {
            try await session.stack.inbox.deadLetters(filter, limit: 1).found.first
        }
    }

    private func send(_ source: Source, _ secret: String) async throws -> DeliveryID {
        let sources = ProgramContext.current.sources
        let samples = SampleDeliveries(seed: UInt64.random(in: 0...UInt64.max), sources: sources)
        let type = source == .nyuchi ? "sync.failed" : nil
        guard let sample = samples.sample(source, type, index: 0, now: Date()) else {
            throw CommandFailure(.failed, "there is no sample delivery of \(source)")
        }
        let url = "http://127.0.0.1:\(port)/hooks/\(source)"
        let unsigned = UnsignedRequest(
            body: sample.body,
            id: sample.id,
            now: Date(),
            url: url,
            fields: sample.headers
        )
        let signed = try sources.sign(unsigned, as: source, secrets: [Secret(secret)])
        var request = HTTPClientRequest(url: url + signed.query)
        request.method = .POST
        for header in signed.headers {
            request.headers.add(name: header.name, value: header.value)
        }
        request.body = .bytes(ByteBuffer(bytes: signed.body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 4096)
        guard response.status == .ok,
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)),
            let id = Int64(answer.id)
        else {
            let text = EscapedText.of(bytes: body.readableBytesView)
            throw CommandFailure(.failed, "the delivery of \(source) was answered \(response.status.code): \(text)")
        }
        return DeliveryID(rawValue: id)
    }

    private struct Answer: Decodable {
        let id: String
    }

    /// Asks again until there is an answer: what is asked for is written by another connection, which signals nobody.
    private func poll<Value: Sendable>(
        _ problem: String,
        _ question: () async throws -> Value?
    ) async throws -> Value {
        expect(problem)
        while true {
            if let value = try? await question() {
                return value
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension EndedAttempt {
    fileprivate var isHandled: Bool {
        if case .handled = outcome { true } else { false }
    }
}
