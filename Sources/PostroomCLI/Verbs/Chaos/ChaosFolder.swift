#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder of a run's files: the one that was asked for, which is kept, or a temporary one.
struct ChaosFolder {
    let path: String
    private let isTemporary: Bool

    /// Makes the folder.
    ///
    /// - Throws: ``CommandFailure`` where it can't be made or is not empty.
    init(_ asked: String?) throws {
        if let asked {
            isTemporary = false
            guard mkdir(asked, 0o700) == 0 || errno == EEXIST, let real = realpath(asked, nil) else {
                throw CommandFailure(.failed, "the folder \(asked) can't be made: error \(errno)")
            }
            defer { free(real) }
            path = String(cString: real)
            guard Self.entries(of: path).isEmpty else {
                throw CommandFailure(.usage, "the folder \(asked) is not empty; name another one")
            }
        } else {
            isTemporary = true
            var template = Array("/tmp/postroom-chaos-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw CommandFailure(.failed, "no temporary folder can be made: error \(errno)")
            }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Removes a temporary folder with what is in it.
    func remove() {
        guard isTemporary else { return }
        for entry in Self.entries(of: path) {
            unlink("\(path)/\(entry)")
        }
        rmdir(path)
    }

    private static func entries(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." {
                names.append(name)
            }
        }
        return names
    }
}
