import CLibrary
import PostroomCore

/// A process's journal of the runs of its handlers: a line when one begins, and one when it ends.
///
/// Each line is one `write` to a file that is appended to, so it outlives the process however that ends.
final class RunJournal: Sendable {
    /// The end of a run.
    enum Outcome: String, Sendable {
        case handled
        case failed
        case cancelled
        /// It went on although its attempt was over.
        case overran
    }

    private let descriptor: Int32

    /// Opens the file.
    ///
    /// - Throws: ``ChaosFailure`` where that can't be done.
    init(path: String) throws(ChaosFailure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ChaosFailure("the journal \(path) can't be opened: error \(errno)")
        }
    }

    deinit {
        close(descriptor)
    }

    func began(_ context: HandlerContext) {
        append("B \(Timestamp.now.rawValue) \(context.deliveryID) \(context.attempt) - \(context.handler)\n")
    }

    func ended(_ context: HandlerContext, _ outcome: Outcome) {
        append(
            "E \(Timestamp.now.rawValue) \(context.deliveryID) \(context.attempt) \(outcome.rawValue) \(context.handler)\n"
        )
    }

    private func append(_ line: String) {
        var line = line
        let written = line.withUTF8 { write(descriptor, $0.baseAddress, $0.count) }
        precondition(written > 0, "the journal can't be written: error \(errno)")
    }
}
