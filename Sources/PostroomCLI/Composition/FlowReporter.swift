import Logging
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver
import ServiceLifecycle

/// Tells the inbox every few seconds how much went through this process, and the newest refusals, the use of secrets and the
/// repetitions, so that people see those of all processes from any.
///
/// A process that dies takes along the counts that it had not told: they are missing from the rates, and from nothing else.
struct FlowReporter: Service {
    /// The inboxes that may be told; the first that takes it is.
    let inboxes: [Inbox]
    let meter: FlowMeter
    let logger: Logger
    /// The process, in words.
    let process: String
    /// The facts of single requests; `nil` where nothing is received.
    var notes: IntakeNotes?
    /// `true` where attempts are among what it meters, and so the handlers that are slowed.
    let metersAttempts: Bool

    private static let interval: Duration = .seconds(5)

    /// Tells until the process is to end.
    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await tell()
            }
        }
    }

    /// Tells once; what could not be told is kept for the next time.
    func tell() async {
        await tellNotes()
        let amounts = meter.take()
        guard let inbox = await tell(amounts) else { return meter.putBack(amounts) }
        guard metersAttempts else { return }
        do {
            try await inbox.report(slowed: meter.slowedHandlers.map(HandlerName.init(rawValue:)), by: process)
        } catch {
            logger.debug("slowed handlers not told", metadata: ["error": "\(error)"])
        }
    }

    private func tellNotes() async {
        guard let notes, let inbox = inboxes.first(where: { $0.administrationFailure == nil }) else { return }
        var taken = notes.take()
        guard !taken.isEmpty else { return }
        do {
            try await inbox.add(taken.refusals.map(RefusedRequest.init), of: process)
            taken.refusals = []
            try await inbox.add(taken.secretUses.map { ($0.endpoint, $0.secret, $0.times) })
            taken.secretUses = []
            // A repetition is kept beside its delivery; those of a server that is out of use wait for it.
            for inbox in inboxes where inbox.administrationFailure == nil {
                let own = taken.repetitions.filter {
                    ServerNumber.of($0.key) == inbox.number ?? ServerNumber.of($0.key)
                }
                try await inbox.add(repetitions: own)
                taken.repetitions = taken.repetitions.filter { own[$0.key] == nil }
            }
            if !taken.isEmpty {
                notes.putBack(taken)
            }
        } catch {
            notes.putBack(taken)
            logger.debug("refusals, secrets and repetitions not told", metadata: ["error": "\(error)"])
        }
    }

    /// Tells the first inbox that takes it.
    private func tell(_ amounts: [FlowMeter.Amount]) async -> Inbox? {
        for inbox in inboxes where inbox.administrationFailure == nil {
            do {
                try await inbox.add(
                    amounts.map { .init(kind: $0.kind, name: $0.name, detail: $0.detail, amount: $0.amount) }
                )
                return inbox
            } catch {
                logger.debug("rates not told", metadata: ["error": "\(error)"])
            }
        }
        return nil
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
