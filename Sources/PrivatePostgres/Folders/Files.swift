import CLibrary

/// Small text files, read whole.
enum TextFile {
    /// - Returns: The text from at most the last `limit` bytes; `nil` where the file cannot be read.
    static func read(_ path: String, last limit: Int = 65_536) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, size - limit), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, limit - count)
            }
            guard got > 0 else { break }
            count += got
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// Folders of the file system.
enum Folder {
    /// The names in a folder; none where it cannot be read.
    static func entries(of path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a folder and those above it.
    static func make(_ path: String) throws(PrivatePostgresError) {
        var current = ""
        for part in path.split(separator: "/") {
            current += "/\(part)"
            guard mkdir(current, 0o755) != 0, errno != EEXIST else { continue }
            throw PrivatePostgresError(.folder, "the folder \(current) cannot be made: \(message(errno))")
        }
    }

    /// Makes a new folder of its own under the folder for temporary files.
    static func makeTemporary() throws(PrivatePostgresError) -> String {
        let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let short = root.hasPrefix("/") && root.utf8.count <= 64 ? root : "/tmp"
        var template = Array("\(short)/postroom-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw PrivatePostgresError(.folder, "no temporary folder can be made in \(short): \(message(errno))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func message(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
