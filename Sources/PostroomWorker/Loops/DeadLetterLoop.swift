import Logging
import PostroomCore

/// Tells the program's hooks of dead letters, one notice at a time.
struct DeadLetterLoop {
    /// The longest time that a hook may take.
    private static let timeout = Duration.seconds(30)

    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("claim notices of dead letters", parts.log)
        self.backoff = Backoff()
    }

    mutating func run() async {
        guard !parts.deadLetterHooks.isEmpty else { return }
        let handlers = parts.handlers.map(\.name)
        while !Task.isCancelled && !session.isDropped {
            do throws(QueueError) {
                let notice = try await parts.inbox.claimNotice(of: handlers, for: session.worker)
                if let notice {
                    let isTold = await tell(notice)
                    try await parts.inbox.endNotice(notice, isTold: isTold, for: session.worker)
                } else {
                    await parts.wait(for: parts.letterSignal, atMost: parts.configuration.noticeInterval)
                }
                failures.succeeded()
                backoff.reset()
            } catch {
                failures.failed(error)
                await parts.pause(backoff.next(parts.random))
            }
        }
    }

    /// Calls the hooks in their order.
    ///
    /// - Returns: `false` where one of them failed or took too long.
    private func tell(_ notice: DeadLetterNotice) async -> Bool {
        let (ends, end) = AsyncStream<HookEnd>.makeStream()
        // unstructured: a hook that ignores its cancellation must hold up neither other notices nor the shutdown
        let call = Task.detached { [hooks = parts.deadLetterHooks] in
            do {
                for hook in hooks {
                    try await hook(notice.group, notice.letter)
                }
                end.yield(.told)
            } catch {
                end.yield(.failed(errorText(error)))
            }
        }
        defer { call.cancel() }
        switch await withTimeLimit(Self.timeout, sleep: parts.clock.sleep, { await ends.first { _ in true } }) ?? nil {
        case .told:
            return true
        case .failed(let error):
            failed(notice, error)
        case nil where Task.isCancelled:
            break
        case nil:
            failed(notice, "it took longer than \(Self.timeout)")
        }
        return false
    }

    private func failed(_ notice: DeadLetterNotice, _ error: String) {
        let isLast = notice.tries >= DeadLetterNotice.mostTries
        parts.log.log(
            level: isLast ? .error : .warning,
            "a hook for dead letters has failed",
            metadata: [
                "handler": .string(notice.group.handler.rawValue), "fingerprint": .string(notice.group.fingerprint),
                "try": .stringConvertible(notice.tries), "of": .stringConvertible(DeadLetterNotice.mostTries),
                "error": .string(error),
            ]
        )
    }
}

/// The end of a call of the hooks.
private enum HookEnd {
    case told
    case failed(String)
}
