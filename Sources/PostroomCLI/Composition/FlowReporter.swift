import Logging
import PostroomAdmin
import PostroomCore
import PostroomInbox

/// Tells the inbox every few seconds how much went through this process, so that people see the rates of all.
///
/// A process that dies takes along the counts that it had not told: they are missing from the rates, and from nothing else.
struct FlowReporter: Sendable {
    let inbox: Inbox
    let meter: FlowMeter
    let logger: Logger
    /// The process, in words.
    let process: String

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
}
