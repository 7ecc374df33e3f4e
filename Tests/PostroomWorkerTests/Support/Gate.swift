import PostroomCore

/// A door that handlers wait at.
final class Gate: Sendable {
    private struct Door {
        var isOpen = false
        var entered = 0
        var cancelled = 0
    }

    private let door = Observed(Door())

    /// The number of tasks that came to the door.
    var entered: Int {
        door.current.entered
    }

    /// The number of tasks that were cancelled at it.
    var cancelled: Int {
        door.current.cancelled
    }

    var isOpen: Bool {
        door.current.isOpen
    }

    func open() {
        door.update { $0.isOpen = true }
    }

    /// Waits until the door opens, or throws when the task is cancelled.
    func wait() async throws {
        door.update { $0.entered += 1 }
        if await !door.wait(until: \.isOpen) {
            door.update { $0.cancelled += 1 }
        }
        try Task.checkCancellation()
    }

    /// Waits until the door opens, whatever happens to the task.
    func waitStubbornly() async {
        door.update { $0.entered += 1 }
        // unstructured: shields the wait from the cancellation that the handler ignores
        _ = await Task.detached { [door] in await door.wait(until: \.isOpen) }.value
    }
}
