import FoundationEssentials
import PostroomSources
import Testing

@testable import PostroomConfiguration

@Suite("The configurations in the guides")
struct GuideExampleTests {
    /// An example of YAML, and its place.
    struct Example: CustomTestStringConvertible, Sendable {
        let place: String
        let yaml: String
        var testDescription: String { place }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

    /// The examples of the guides and the README.
    private static func examples() throws -> [Example] {
        let folder = root.appending(path: "Sources/Postroom/Documentation.docc")
        let guides = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
        let pages = guides.sorted().map { folder.appending(path: $0) } + [root.appending(path: "README.md")]
        return try pages.flatMap { page in
            try String(contentsOf: page, encoding: .utf8).split(separator: "```yaml\n").dropFirst().enumerated()
                .map { number, text in
                    let yaml = text.split(separator: "```").first.map(String.init) ?? ""
                    return Example(place: "\(page.lastPathComponent), example \(number + 1)", yaml: yaml)
                }
        }
    }

    @Test("there are some")
    func some() throws {
        #expect(try Self.examples().count > 10)
    }

    @Test("each is read without a problem", arguments: try GuideExampleTests.examples())
    func example(_ example: Example) throws {
        #expect(problems(example.yaml, [:]).isEmpty)
    }
}
