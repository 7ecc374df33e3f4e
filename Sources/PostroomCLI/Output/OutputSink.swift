import Glibc
import PostroomConfiguration
import Synchronization

/// Where a command's bytes go.
package protocol OutputSink: Sendable {
    /// Writes bytes, all of them or with what is wrong remembered in ``problem``.
    func write(_ bytes: [UInt8])

    /// Why something could not be written, if anything.
    var problem: OutputProblem? { get }
}

/// Why output got lost.
package enum OutputProblem: Error, Hashable, CustomStringConvertible {
    /// The reader has gone, as `head` does: no fault of anybody.
    case closed
    /// The system refused, for example because a disk is full.
    case refused(code: Int32)

    /// The reason, in words.
    package var description: String {
        switch self {
        case .closed: "the reader of the output has gone"
        case .refused(let code): "the output can't be written: \(FileProblem(code: code).reason)"
        }
    }
}

/// Standard output or standard error.
package final class DescriptorSink: OutputSink {
    private let descriptor: Int32
    private let state = Mutex<OutputProblem?>(nil)

    /// Writes to an open file.
    ///
    /// - Parameter descriptor: Its descriptor, which stays the caller's.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var problem: OutputProblem? {
        state.withLock(\.self)
    }

    package func write(_ bytes: [UInt8]) {
        state.withLock { problem in
            var rest = bytes[...]
            while problem == nil, !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    problem = errno == EPIPE ? .closed : .refused(code: errno)
                }
            }
        }
    }
}
