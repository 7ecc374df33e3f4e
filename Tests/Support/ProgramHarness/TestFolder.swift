import CLibrary
import FoundationEssentials

/// A temporary folder of one test.
package struct TestFolder: Sendable {
    package let path: String

    /// Lends a folder that anybody can enter, as a private server's own user has to, and removes it.
    package static func with<Value>(_ body: (TestFolder) async throws -> Value) async throws -> Value {
        // Short, because the path of a Unix socket has to fit into 107 bytes.
        var template = Array("/tmp/e2e-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unexpected("no temporary folder: error \(errno)") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(path, 0o755)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(TestFolder(path: path))
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }

    /// Reads a file; nothing where there is none.
    package static func read(_ path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// An outcome that a test did not expect.
package struct Unexpected: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
