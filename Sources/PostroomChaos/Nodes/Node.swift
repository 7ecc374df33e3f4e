import CLibrary
import PostroomCore
import Subprocess
import SystemPackage

/// A process that is started again whenever it ends, until it is told to stop.
final class Node: Sendable {
    /// The current state of the node.
    struct State: Sendable {
        /// Its process; `nil` while there is none.
        var processID: Int32?
        /// The port that it receives on, once it does.
        var port: Int?
        /// The number of its life, from 1.
        var life = 0
        /// The generation that its next life is of.
        var generation = 1
        /// True if it was sent a signal that ends it.
        var isEnding = false
        /// True if it is not to be started again.
        var isRetired = false
        var lives: [NodeLife] = []
    }

    let number: Int
    let role: NodeRole
    let state = Observed(State())
    private let launch: NodeLaunch

    init(number: Int, role: NodeRole, launch: NodeLaunch) {
        self.number = number
        self.role = role
        self.launch = launch
    }

    /// The life that goes on now.
    var life: LifeID {
        LifeID(node: number, life: state.current.life)
    }

    /// Sends a signal to its process, if there is one.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - ends: True if the process is meant to end by it.
    /// - Returns: The life that the signal hit, or `nil` where there was no process.
    @discardableResult
    func send(_ signal: Int32, ends: Bool = false) -> LifeID? {
        state.update { state in
            guard let processID = state.processID, kill(processID, signal) == 0 else { return nil }
            if ends {
                state.isEnding = true
                if signal == SIGKILL {
                    state.lives[state.life - 1].end = .killed
                }
            }
            return LifeID(node: number, life: state.life)
        }
    }

    /// Ends its process with SIGKILL, and waits until it is gone.
    func crash() async -> LifeID? {
        guard let hit = send(SIGKILL, ends: true) else { return nil }
        await state.wait { $0.lives[hit.life - 1].ended != nil }
        return hit
    }

    /// Ends its process with SIGTERM, and waits until it is gone; one that takes too long is killed, and counts as broken.
    func terminate(within limit: Duration) async -> LifeID? {
        guard let hit = send(SIGTERM, ends: true) else { return nil }
        if await !state.wait(atMost: limit, until: { $0.lives[hit.life - 1].ended != nil }) {
            state.update { $0.lives[hit.life - 1].end = .broken("did not end within \(limit) of SIGTERM") }
            send(SIGKILL)
            await state.wait { $0.lives[hit.life - 1].ended != nil }
        }
        return hit
    }

    /// Starts its process again and again.
    ///
    /// - Throws: ``ChaosFailure`` where it can't be started.
    func run() async throws {
        while !state.current.isRetired, !Task.isCancelled {
            let (life, generation) = state.update { state in
                state.life += 1
                state.isEnding = false
                state.lives.append(NodeLife(processID: 0, began: .now))
                return (state.life, state.generation)
            }
            let status: TerminationStatus
            do {
                status = try await launch.run(self, LifeID(node: number, life: life), generation: generation)
            } catch {
                guard !Task.isCancelled else { return }
                throw ChaosFailure("node \(number) can't be started: \(error)")
            }
            ended(life, status)
            // A program that can't start is not to be started a thousand times a second.
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Its process runs.
    func began(_ life: Int, processID: Int32) {
        state.update { state in
            state.processID = processID
            state.lives[life - 1] = NodeLife(processID: processID, began: .now)
        }
    }

    private func ended(_ life: Int, _ status: TerminationStatus) {
        state.update { state in
            state.processID = nil
            state.port = nil
            state.lives[life - 1].ended = .now
            if state.lives[life - 1].end == nil {
                let isClean = status.isSuccess && state.isEnding
                state.lives[life - 1].end =
                    isClean ? .clean : Self.isTrap(status) ? .trapped : .broken("\(status)")
            }
        }
    }

    /// Returns whether a process ended itself by a trap, which is another signal on another machine.
    private static func isTrap(_ status: TerminationStatus) -> Bool {
        guard case .signaled(let signal) = status else { return false }
        return [SIGILL, SIGTRAP, SIGABRT].contains(signal)
    }
}

/// The task of a node.
enum NodeRole: String, Sendable {
    /// It receives and works.
    case all
    /// It only receives.
    case receiver
    /// It only works.
    case worker

    /// True if senders can post to it.
    var receives: Bool {
        self != .worker
    }

    /// The nodes of a run: every role, and two that can take over from each other.
    static let fleet: [NodeRole] = [.all, .all, .worker, .receiver]
}
