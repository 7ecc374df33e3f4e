import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing

@Suite("postroom chaos", .serialized, .timeLimit(.minutes(6)))
struct ChaosProgramTests {
    @Test("a run with a fixed seed loses nothing and breaks no invariant", arguments: [1, 2])
    func fixedSeed(servers: Int) async throws {
        let several = servers == 1 ? [] : ["--servers", "\(servers)"]
        let given = ["chaos", "--minutes", "0.75", "--seed", "20", "--rate", "40"]
        let result = try await Subprocess.run(
            .path(try program),
            arguments: Arguments(given + several + ["--patience", "4", "--json"]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        let ledger = try JSONDecoder().decode(Ledger.self, from: Data(result.standardOutput.utf8))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        #expect(ledger.lost == 0)
        #expect(ledger.violations == [])
        #expect(ledger.sent > 1000)
        #expect(ledger.accepted == ledger.sent)
        #expect(ledger.stored == ledger.sent)
        let ended = ledger.handled + ledger.dead + ledger.superseded + ledger.discarded
        // What came while a handler was registered on a server is its, and not counted as owed.
        #expect(servers == 1 ? ended == ledger.pairs : ended >= ledger.pairs)
        #expect(ledger.faults.count > 4)
        // Several servers keep no order.
        #expect((ledger.superseded > 0) == (servers == 1))
        #expect(ledger.crashed >= 1)
        #expect(ledger.nodesPoisoned >= 2)
        #expect(ledger.command == "postroom " + (given + several).joined(separator: " "))
    }

    /// The variables that would lead a node, the run or its server to somebody's database.
    private static let misleading: [Environment.Key: String?] = [
        "POSTROOM_DATABASE_URL": "host=/nowhere", "POSTROOM_DATABASE_SCHEMA": "elsewhere", "PGHOSTADDR": "192.0.2.1",
        "PGSERVICE": "none", "PGOPTIONS": "-c nonsense=1", "PGTZ": "Asia/Shanghai",
    ]

    @Test(
        "a signal ends everything that was started, in no other database than the run's own",
        arguments: [(SIGINT, [:]), (SIGTERM, misleading)] as [(Int32, [Environment.Key: String?])]
    )
    func ended(by signal: Int32, environment: [Environment.Key: String?]) async throws {
        let folder = try makeFolder()
        let result = try await Subprocess.run(
            .path(try program),
            arguments: ["chaos", "--minutes", "5", "--seed", "1", "--directory", folder],
            environment: .inherit.updating(environment),
            input: .none,
            output: .discarded,
            error: .sequence
        ) { execution in
            var told: [String] = []
            for try await line in execution.standardError.strings() {
                told.append(line)
                if line.hasPrefix("sending") {
                    kill(execution.processIdentifier.value, signal)
                }
            }
            return told
        }
        #expect(result.terminationStatus == .exited(1))
        #expect(result.closureResult.last == "error: ended by a signal, with everything that was started")
        #expect(try processes(mentioning: folder) == [])
        try removeFolder(folder)
    }

    @Test(
        "what can't be meant is refused",
        arguments: [
            (["--minutes", "0"], "--minutes takes a number above 0"),
            (["--rate", "0"], "--rate takes a number from 1"),
            (["--patience", "0.5"], "--patience takes a number from 1"),
            (["--servers", "9"], "--servers takes a number from 1 to 8"),
            (["--database", "host=h", "--servers", "2"], "--servers starts private servers"),
            (["--database", "host=h"], "--database needs --with-consent"),
        ]
    )
    func refused(arguments: [String], reason: String) async throws {
        let result = try await Subprocess.run(
            .path(try program),
            arguments: Arguments(["chaos"] + arguments),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        #expect(result.terminationStatus == .exited(64))
        #expect(result.standardError.contains(reason))
    }

    private struct Ledger: Decodable {
        struct Breach: Decodable, Equatable {
            let invariant: String
            let finding: String
            let examples: [String]
        }

        struct Fault: Decodable {
            let kind: String
        }

        let sent: Int
        let accepted: Int
        let stored: Int
        let pairs: Int
        let handled: Int
        let dead: Int
        let crashed: Int
        let nodesPoisoned: Int
        let superseded: Int
        let discarded: Int
        let lost: Int
        let violations: [Breach]
        let faults: [Fault]
        let command: String
    }

    /// The tool, beside the program that runs the tests.
    private var program: FilePath {
        get throws {
            guard let own = realpath("/proc/self/exe", nil) else { throw Errno(rawValue: errno) }
            defer { free(own) }
            return FilePath(String(cString: own)).removingLastComponent().appending("postroom")
        }
    }

    private func makeFolder() throws -> String {
        var template = Array("/tmp/postroom-chaos-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func removeFolder(_ path: String) throws {
        for name in try names(in: path) {
            unlink("\(path)/\(name)")
        }
        rmdir(path)
    }

    /// The processes whose command line names the folder.
    private func processes(mentioning folder: String) throws -> [String] {
        try names(in: "/proc")
            .filter { Int32($0) != nil }
            .filter { id in
                guard let file = try? FileDescriptor.open(FilePath("/proc/\(id)/cmdline"), .readOnly) else {
                    return false
                }
                defer { try? file.close() }
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
                return String(decoding: bytes[..<count], as: UTF8.self).contains(folder)
            }
    }

    private func names(in path: String) throws -> [String] {
        guard let folder = opendir(path) else { throw Errno(rawValue: errno) }
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
