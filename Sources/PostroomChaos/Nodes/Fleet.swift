import CLibrary
import PostroomCore

/// All nodes of a run.
struct Fleet: Sendable {
    let nodes: [Node]

    init(_ launch: NodeLaunch) {
        nodes = NodeRole.fleet.enumerated().map { Node(number: $0.offset + 1, role: $0.element, launch: launch) }
    }

    /// Keeps all nodes running until they are retired or the task is cancelled, which ends their processes.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for node in nodes {
                group.addTask { try await node.run() }
            }
        }
    }

    /// The ports that can be posted to now.
    var ports: [Int] {
        nodes.compactMap(\.state.current.port)
    }

    /// Ends every node for good, and waits.
    func retire(within limit: Duration) async {
        for node in nodes {
            node.state.update { $0.isRetired = true }
            // One that was frozen must be able to hear it.
            node.send(SIGCONT)
        }
        await withDiscardingTaskGroup { group in
            for node in nodes {
                group.addTask { _ = await node.terminate(within: limit) }
            }
        }
    }

    /// Every life of every node.
    var lives: [LifeID: NodeLife] {
        nodes.reduce(into: [:]) { lives, node in
            for (index, life) in node.state.current.lives.enumerated() where life.processID != 0 {
                lives[LifeID(node: node.number, life: index + 1)] = life
            }
        }
    }
}
