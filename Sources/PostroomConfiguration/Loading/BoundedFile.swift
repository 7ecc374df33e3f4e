import CLibrary

/// A small file, read whole.
package struct BoundedFile: Sendable {
    /// The contents.
    package let bytes: [UInt8]
    /// A mark of a file that everybody on the machine may read.
    package let isWorldReadable: Bool

    /// Describes a file, for tests.
    package init(bytes: [UInt8], isWorldReadable: Bool = false) {
        self.bytes = bytes
        self.isWorldReadable = isWorldReadable
    }

    /// Reads a file, which may be a pipe.
    ///
    /// It blocks, so it is called before there is anything to hold up: when a program starts, or in a command.
    ///
    /// - Parameters:
    ///   - path: The path, from the working directory where it is not absolute.
    ///   - limit: The most bytes that are taken.
    /// - Throws: ``FileProblem``.
    package init(reading path: String, limit: Int) throws(FileProblem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem(code: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileProblem(code: EISDIR) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(code: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw FileProblem(reason: "it is larger than \(ByteSize(bytes: limit))") }
        }
        self.bytes = bytes
        self.isWorldReadable = status.st_mode & S_IROTH != 0
    }
}

/// The reason why a file can't be read.
package struct FileProblem: Error, Hashable {
    /// The reason, in words.
    package let reason: String

    /// A reason in words.
    package init(reason: String) {
        self.reason = reason
    }

    /// The system's words for an error number.
    package init(code: Int32) {
        self.reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
