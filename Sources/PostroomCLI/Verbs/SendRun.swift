import ArgumentParser
import AsyncHTTPClient
import CLibrary
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import PostroomConfiguration
import PostroomCore
import PostroomSources
import Synchronization

/// Sends a plan's requests, not too many at once and not too fast.
struct SendRun: Sendable {
    /// The outcome of one request.
    typealias Post = @Sendable (SignedRequest) async -> SendAnswer

    let plan: SendPlan
    let count: Int
    let concurrency: Int
    let rate: SendRate?
    /// The wait of a sender for the time of its request.
    var wait: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void = { moment in
        try await ContinuousClock().sleep(until: moment)
    }

    /// Sends all of them, or the first few where nothing ever answers.
    ///
    /// - Parameters:
    ///   - progress: The display of progress to a person, if any.
    ///   - post: Sends one request; it returns when its answer is there.
    /// - Returns: The answers.
    /// - Throws: ``CommandFailure`` where the requests can't be made.
    func run(progress: SendProgress? = nil, post: @escaping Post) async throws -> SendReport {
        let tickets = SendTickets(count: count, patience: max(concurrency, 3))
        let start = ContinuousClock.now
        let tally = try await withThrowingTaskGroup(of: SendTally?.self) { group in
            var senders = min(concurrency, count)
            for _ in 0..<senders {
                group.addTask { try await send(tickets, start, post) }
            }
            if let progress {
                group.addTask {
                    try? await progress.show { tickets.done }
                    return nil
                }
            }
            var total = SendTally()
            while senders > 0, let tally = try await group.next() {
                guard let tally else { continue }
                total.add(tally)
                senders -= 1
            }
            group.cancelAll()
            return total
        }
        progress?.clear()
        return SendReport(
            tally: tally,
            requested: count,
            duration: ContinuousClock.now - start,
            expectsRefusal: plan.isInvalid
        )
    }

    /// Sends request after request until there are no more.
    private func send(
        _ tickets: SendTickets,
        _ start: ContinuousClock.Instant,
        _ post: Post
    ) async throws -> SendTally {
        var tally = SendTally()
        while let number = tickets.take() {
            if let rate {
                try await wait(start + rate.interval * number)
            }
            let request = try plan.request(number, now: Date())
            let began = ContinuousClock.now
            let answer = await post(request)
            tally.add(answer, ContinuousClock.now - began)
            tickets.count(answer)
        }
        return tally
    }
}

/// The requests to send: one for every number, always the same for the same seed.
struct SendPlan: Sendable {
    let source: Source
    var eventType: String?
    let secret: Secret
    let seed: UInt64
    /// Every how many requests one repeats the one before it, 2 at least; `nil` for never.
    let duplicateEvery: Int?
    /// A mark of signatures to be spoiled.
    let isInvalid: Bool
    /// The time of the made-up events; of the last one where they have times of their own.
    let madeAt: Date
    /// In which order the samples are sent, each a second younger than the one of the next lower number; `nil` for that
    /// of their numbers, all of one time.
    var order: SendOrder?
    /// The number of samples.
    var samples = 1
    /// The header that carries the signature, or `nil` for the source's own.
    var signatureHeader: String?
    /// The URL that is sent to, which some schemes sign.
    var url = "http://127.0.0.1:8080/"
    /// The header fields beside the sender's own.
    var headers: [SendHeader] = []
    /// The body of every request in place of a made-up one.
    var body: [UInt8]?
    /// The sources that the program knows.
    var sources = ProgramContext.current.sources

    /// Counts the samples that so many requests carry, some of which are repetitions.
    static func samples(in count: Int, duplicateEvery: Int?) -> Int {
        count - (duplicateEvery.map { count / $0 } ?? 0)
    }

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - number: The request's number, from 0.
    ///   - now: The time of sending, which some schemes sign.
    /// - Returns: The request.
    /// - Throws: ``CommandFailure`` where the secret can't sign for the source, or there is no such sample.
    func request(_ number: Int, now: Date) throws -> SignedRequest {
        let samples = SampleDeliveries(seed: seed, sources: sources)
        let index = sampleIndex(number)
        guard let sample = samples.sample(source, eventType, index: index, now: time(ofSample: index)) else {
            throw CommandFailure(.usage, "\(source) has no such event type; 'sources \(source)' lists those it has")
        }
        do throws(SecretProblem) {
            let unsigned = UnsignedRequest(
                body: body ?? sample.body,
                id: sample.id,
                now: now,
                header: signatureHeader,
                url: url,
                fields: sample.headers,
                isInvalid: isInvalid
            )
            let request = try sources.sign(unsigned, as: source, secrets: [secret])
            guard !headers.isEmpty else { return request }
            let fields = headers.added(to: request.headers)
            return SignedRequest(headers: fields, body: request.body, query: request.query)
        } catch {
            let place = error.kind == .scheme ? "\(source)" : "--secret"
            throw CommandFailure(.usage, "\(place): \(error.description)")
        }
    }

    /// The sample that a request carries: its own, or that of the request before it.
    func sampleIndex(_ number: Int) -> UInt64 {
        let place = UInt64(number - (duplicateEvery.map { (number + 1) / $0 } ?? 0))
        return order?.number(at: place) ?? place
    }

    /// The time at which the event of a sample is said to have happened.
    private func time(ofSample index: UInt64) -> Date {
        order == nil ? madeAt : madeAt.addingTimeInterval(Double(index) - Double(samples - 1))
    }
}

/// Gives the senders of a run their numbers, and knows how far the run is.
final class SendTickets: Sendable {
    private struct State {
        var next = 0
        var answered = 0
        var unanswered = 0
    }

    private let count: Int
    private let patience: Int
    private let state = Mutex(State())

    /// Prepares numbers.
    ///
    /// - Parameters:
    ///   - count: The number of tickets.
    ///   - patience: After how many requests without an answer, and none with one, there are no more.
    init(count: Int, patience: Int) {
        self.count = count
        self.patience = patience
    }

    /// The next number, or `nil` where there are no more.
    func take() -> Int? {
        state.withLock { state in
            let isHopeless = state.answered == 0 && state.unanswered >= patience
            guard state.next < count, !isHopeless else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    /// Counts an answer, or its absence.
    func count(_ answer: SendAnswer) {
        state.withLock { state in
            switch answer {
            case .answered: state.answered += 1
            case .unanswered: state.unanswered += 1
            }
        }
    }

    /// The number of requests that are done.
    var done: Int {
        state.withLock { $0.answered + $0.unanswered }
    }
}

/// A number of requests in a time.
struct SendRate: Hashable, Sendable {
    /// The time from one request to the next.
    let interval: Duration

    /// Reads a rate.
    ///
    /// - Parameter text: A number and `/s`, `/m` or `/h`; without a unit it is per second.
    /// - Returns: The rate, or `nil` for any other text.
    static func parse(_ text: String) -> SendRate? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts[0].utf8.allSatisfy { ("0"..."9").contains(Unicode.Scalar($0)) || $0 == UInt8(ascii: ".") }
        guard isNumber, let number = Double(parts[0]), number >= 0.001, number <= 10_000_000 else { return nil }
        let seconds: Double
        switch parts.dropFirst().first {
        case nil, "s", "sec", "second": seconds = 1
        case "m", "min", "minute": seconds = 60
        case "h", "hour": seconds = 3600
        default: return nil
        }
        return SendRate(interval: .nanoseconds(Int64(seconds / number * 1_000_000_000)))
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> SendRate {
        guard let rate = parse(text) else {
            throw ValidationError("expected a number per time, for example 100/s, 0.5/s or 30/m")
        }
        return rate
    }
}

/// Posts requests over HTTP, on connections that are kept open.
struct SendClient: Sendable {
    /// The longest answer that is read.
    private static let longestAnswer = 1 << 20
    /// The longest time for a request, connecting included.
    private static let patience: TimeAmount = .seconds(30)

    private let client: HTTPClient

    /// Runs a body with a client.
    ///
    /// - Parameters:
    ///   - concurrency: The most connections that are kept open.
    ///   - body: A closure that uses the client.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body.
    static func withClient<Value>(
        concurrency: Int,
        _ body: (SendClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(SendClient(client: client))
        }
    }

    /// Posts a request.
    ///
    /// - Returns: The answer, or why there was none.
    func post(_ request: SignedRequest, to url: String) async -> SendAnswer {
        var message = HTTPClientRequest(url: url + request.query)
        message.method = .POST
        for header in request.headers {
            message.headers.add(name: header.name, value: header.value)
        }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await client.execute(message, timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return .answered(status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch {
            return .unanswered(Self.reason(of: error))
        }
    }

    /// A short reason, the same for the same kind of failure, so that equal ones are counted together.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason(of: $0.error) } ?? "unknown host"
        case let error as IOError: FileProblem(code: error.errnoCode).reason
        default: String(String(describing: error).prefix(120))
        }
    }
}

/// Tells a person at a terminal how far a run is, in one line that is written over again and again.
struct SendProgress: Sendable {
    private let count: Int
    private let sink: any OutputSink

    /// Shows progress in a sink.
    init(count: Int, sink: any OutputSink) {
        self.count = count
        self.sink = sink
    }

    /// Shows progress on standard error; `nil` where nobody looks, or it would be over at once.
    static func ofTerminal(count: Int) -> SendProgress? {
        guard count > 1, Terminal.isError else { return nil }
        return SendProgress(count: count, sink: DescriptorSink(descriptor: STDERR_FILENO))
    }

    /// Shows how many are done, until it is cancelled.
    func show(_ done: @Sendable () -> Int) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(250))
            write(done())
        }
    }

    /// Writes the line.
    func write(_ done: Int) {
        sink.write(Array("\r\(HumanText.count(done)) of \(HumanText.count(count)) sent ".utf8))
    }

    /// Removes the line.
    func clear() {
        sink.write(Array("\r\u{1B}[K".utf8))
    }
}
