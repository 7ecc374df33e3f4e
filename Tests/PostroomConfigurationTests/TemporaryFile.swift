import Glibc

@testable import PostroomConfiguration

/// A file that goes away with the test.
final class TemporaryFile {
    /// The path.
    let path: String

    init(_ text: String, mode: mode_t) throws(FileProblem) {
        var template = Array("/tmp/postroom-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileProblem(code: errno) }
        defer { close(descriptor) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
            throw FileProblem(code: errno)
        }
    }

    deinit {
        unlink(path)
    }
}
