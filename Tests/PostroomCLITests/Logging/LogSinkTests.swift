import Glibc
import PostroomConfiguration
import Testing

@testable import PostroomCLI

@Suite("Writing log lines")
struct LogSinkTests {
    private static func sink(_ pipe: Pipe, patience: Duration = .milliseconds(1)) -> DescriptorLogSink {
        DescriptorLogSink(descriptor: pipe.writer, patience: patience) { Array("(dropped \($0))\n".utf8) }
    }

    @Test("lines arrive whole, whatever thread they come from")
    func whole() async throws {
        let pipe = try Pipe()
        let sink = Self.sink(pipe)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for line in 0..<50 {
                        sink.write(Array("\(writer) \(line) \(String(repeating: "x", count: 100))\n".utf8))
                    }
                }
            }
        }
        let lines = pipe.read().split(separator: "\n")
        #expect(lines.count == 400)
        #expect(Set(lines).count == 400)
        #expect(lines.allSatisfy { $0.hasSuffix(" " + String(repeating: "x", count: 100)) })
    }

    @Test("a line longer than a pipe takes at once arrives whole")
    func long() throws {
        let pipe = try Pipe()
        let line = String(repeating: "y", count: 20_000) + "\n"
        Self.sink(pipe).write(Array(line.utf8))
        #expect(pipe.read() == line)
    }

    @Test("a reader that does not read stops nobody: lines are dropped, counted, and told of later")
    func stuck() throws {
        let pipe = try Pipe()
        let sink = Self.sink(pipe)
        let line = Array((String(repeating: "z", count: 999) + "\n").utf8)
        for _ in 0..<200 {
            sink.write(line)
        }
        let first = pipe.read()
        #expect(first.utf8.count <= 65_536)
        sink.write(Array("after\n".utf8))
        let lines = (first + pipe.read()).split(separator: "\n").map(String.init)
        let whole = lines.filter { $0 == String(repeating: "z", count: 999) }
        #expect(lines.last == "after")
        #expect(lines.contains("(dropped \(200 - whole.count))"))
        #expect(whole.count >= 60)
    }

    @Test("a line that was cut off is ended before the next one")
    func cutOff() throws {
        let pipe = try Pipe()
        let sink = Self.sink(pipe)
        sink.write(Array((String(repeating: "z", count: 100_000) + "\n").utf8))
        let first = pipe.read()
        #expect(!first.hasSuffix("\n"))
        sink.write(Array("after\n".utf8))
        #expect(pipe.read() == "\n(dropped 1)\nafter\n")
    }

    @Test("a reader that has gone stops nobody")
    func gone() throws {
        let pipe = try Pipe()
        pipe.closeReader()
        let sink = Self.sink(pipe)
        sink.write(Array("a\n".utf8))
        sink.write(Array("b\n".utf8))
    }
}

/// A pipe whose reading end does not wait.
final class Pipe {
    let writer: Int32
    private var reader: Int32

    init() throws(FileProblem) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else { throw FileProblem(code: errno) }
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        closeReader()
        close(writer)
    }

    /// Reads what is there.
    func read() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(reader, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    func closeReader() {
        if reader >= 0 {
            close(reader)
            reader = -1
        }
    }
}
