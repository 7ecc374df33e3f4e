import Logging
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver

/// Tells the inbox every few seconds how much went through this process, and the newest refusals, the use of secrets and the
/// repetitions, so that people see those of all processes from any.
///
/// A process that dies takes along the counts that it had not told: they are missing from the rates, and from nothing else.
struct FlowReporter: Sendable {
    let inbox: Inbox
    let meter: FlowMeter
    let logger: Logger
    /// The process, in words.
    let process: String
    /// The facts of single requests; `nil` where nothing is received.
    var notes: IntakeNotes?

    private static let interval: Duration = .seconds(5)

    /// Tells until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await tell()
        }
    }

    /// Tells once; what could not be told is kept for the next time.
    func tell() async {
        await tellNotes()
        let amounts = meter.take()
        do {
            try await inbox.add(
                amounts.map { .init(kind: $0.kind, name: $0.name, detail: $0.detail, amount: $0.amount) }
            )
        } catch {
            meter.putBack(amounts)
            logger.debug("rates not told", metadata: ["error": "\(error)"])
            return
        }
        do {
            try await inbox.report(slowed: meter.slowedHandlers.map(HandlerName.init(rawValue:)), by: process)
        } catch {
            logger.debug("slowed handlers not told", metadata: ["error": "\(error)"])
        }
    }

    private func tellNotes() async {
        guard let notes else { return }
        var taken = notes.take()
        guard !taken.isEmpty else { return }
        do {
            try await inbox.add(taken.refusals.map(RefusedRequest.init), of: process)
            taken.refusals = []
            try await inbox.add(taken.secretUses.map { ($0.endpoint, $0.secret, $0.times) })
            taken.secretUses = []
            try await inbox.add(repetitions: taken.repetitions)
        } catch {
            notes.putBack(taken)
            logger.debug("refusals, secrets and repetitions not told", metadata: ["error": "\(error)"])
        }
    }
}

extension RefusedRequest {
    /// Takes over what a receiver noted.
    init(_ request: IntakeNotes.RefusedRequest) {
        self.init(
            endpoint: request.endpoint,
            at: Timestamp(request.at),
            reason: request.reason,
            peer: request.peer,
            lookedFor: request.lookedFor.joined(separator: ", "),
            found: request.found.joined(separator: ", ")
        )
    }
}
