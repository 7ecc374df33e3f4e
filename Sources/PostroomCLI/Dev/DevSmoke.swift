import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import PostroomCore
import PostroomInbox
import PostroomSources
import Synchronization

/// The check that everything works together: real requests in, real handlers out, a dead letter back.
final class DevSmoke: Sendable {
    private let session: DevSession
    private let port: Int
    private let step = Mutex("nothing happened")

    /// How long all of it may take.
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
        try await waitForHandlers()
        var attempts = session.demo.handled.makeAsyncIterator()
        for (source, secret) in DevSecrets.all {
            let id = try await send(source, secret)
            expect("the delivery of \(source) was accepted as \(id) and not handled")
            while let attempt = await attempts.next(isolation: nil) {
                guard attempt.delivery != id || attempt.handler != DevHandlers.show else { break }
            }
            session.output.line("\(source): accepted as delivery \(id), handled")
        }
        let letter = try await deadLetter()
        session.output.line("dead letter \(letter.id): \(letter.handler), \(letter.reason): \(letter.error)")
        var filter = DeadLetterFilter()
        filter.ids = [letter.id]
        _ = try await session.stack.inbox.replayDeadLetters(filter, everything: false)
        expect("the replayed dead letter \(letter.id) was not handled")
        while let attempt = await attempts.next(isolation: nil) {
            guard attempt.delivery != letter.deliveryID || attempt.handler != DevHandlers.pager else { break }
        }
        session.output.line("dead letter \(letter.id): replayed, handled at its second attempt")
        session.output.line("all \(DevSecrets.all.count) sources work")
    }

    private func expect(_ complaint: String) {
        step.withLock { $0 = complaint }
    }

    /// A handler gets only what was accepted after the database knew it.
    private func waitForHandlers() async throws {
        _ = try await poll("the handlers were not registered") {
            let known = try await session.stack.inbox.backlog().map(\.name)
            return known.contains(DevHandlers.pager) ? true : nil
        }
    }

    private func deadLetter() async throws -> DeadLetterSummary {
        var filter = DeadLetterFilter()
        filter.handler = DevHandlers.pager
        return try await poll("the failed handler left no dead letter") {
            try await session.stack.inbox.deadLetters(filter, limit: 1).found.first
        }
    }

    private func send(_ source: Source, _ secret: String) async throws -> DeliveryID {
        let samples = SampleDeliveries(seed: UInt64.random(in: 0...UInt64.max))
        let type = source == .nyuchi ? "sync.failed" : nil
        guard let sample = samples.sample(source, type, index: 0, now: Date()) else {
            throw CommandFailure(.failed, "there is no sample delivery of \(source)")
        }
        let url = "http://127.0.0.1:\(port)/hooks/\(source)"
        let signed = try RequestSigner.sign(
            source: source,
            secret: Secret(secret),
            body: sample.body,
            id: sample.id,
            now: Date(),
            url: url,
            fields: sample.headers
        )
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
        _ complaint: String,
        _ question: () async throws -> Value?
    ) async throws -> Value {
        expect(complaint)
        while true {
            if let value = try? await question() {
                return value
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
