import NIOCore
import Synchronization

/// The stages of a receiver's life.
package enum ReceiverState: Hashable, Sendable {
    /// It does not listen yet.
    case starting
    /// It takes deliveries.
    case listening(BoundAddress)
    /// It takes no more, and answers what is under way.
    case draining
    /// It has ended.
    case ended
}

/// The address that a receiver listens on.
package struct BoundAddress: Hashable, Sendable {
    /// The IP address.
    package let host: String
    /// The port.
    package let port: Int

    init(_ address: SocketAddress?) {
        self.host = address?.ipAddress ?? ""
        self.port = address?.port ?? 0
    }
}

/// Keeps a receiver's state, and those who wait for its address.
final class ReceiverLifecycle: Sendable {
    private struct Stage {
        var state = ReceiverState.starting
        var waiters: [CheckedContinuation<BoundAddress, any Error>] = []
    }

    private let stage = Mutex(Stage())

    var state: ReceiverState {
        stage.withLock { $0.state }
    }

    func boundAddress() async throws -> BoundAddress {
        try await withCheckedThrowingContinuation { waiter in
            let known: Result<BoundAddress, any Error>? = stage.withLock { stage in
                switch stage.state {
                case .starting:
                    stage.waiters.append(waiter)
                    return nil
                case .listening(let address):
                    return .success(address)
                case .draining, .ended:
                    return .failure(ReceiverError.neverListened)
                }
            }
            if let known {
                waiter.resume(with: known)
            }
        }
    }

    func listens(at address: BoundAddress) {
        for waiter in move(to: .listening(address)) {
            waiter.resume(returning: address)
        }
    }

    func drains() {
        _ = move(to: .draining)
    }

    func ended() {
        for waiter in move(to: .ended) {
            waiter.resume(throwing: ReceiverError.neverListened)
        }
    }

    private func move(to state: ReceiverState) -> [CheckedContinuation<BoundAddress, any Error>] {
        stage.withLock { stage in
            stage.state = state
            defer { stage.waiters = [] }
            return stage.waiters
        }
    }
}
