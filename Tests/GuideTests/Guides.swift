import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pages that users read, and what is written in them.
enum Guides {
    /// A text file of the repository.
    struct Page {
        /// The name without its ending.
        let name: String
        let lines: [String]
    }

    /// The repository's root.
    private static var root: FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    }

    /// The guides and the README.
    static func pages() throws -> [Page] {
        try sources(in: "Sources/Postroom/Documentation.docc", ending: ".md") + [page(root.appending("README.md"))]
    }

    /// The names of the modules.
    static func modules() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending("Sources").string)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The files of a folder.
    static func sources(in folder: String, ending: String = ".swift") throws -> [Page] {
        let folder = root.pushing(FilePath(folder))
        return try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
            .filter { $0.hasSuffix(ending) }
            .map { try page(folder.appending($0)) }
    }

    /// The Swift examples of a page, in their order.
    static func examples(of page: Page) -> [Example] {
        var examples: [Example] = []
        var current: Example?
        for (number, line) in zip(1..., page.lines) {
            if let example = current {
                if line.hasPrefix("```") {
                    examples.append(example)
                    current = nil
                } else {
                    current?.append(line)
                }
            } else if line == "```swift" {
                current = Example(place: "\(page.name):\(number)", lines: [])
            }
        }
        return examples
    }

    /// The names of the guides that a line links to.
    static func links(in line: String) -> [String] {
        line.split(separator: "<doc:").dropFirst().compactMap { $0.split(separator: ">").first.map(String.init) }
    }

    private static func page(_ path: FilePath) throws -> Page {
        let data = try Data(contentsOf: URL(filePath: path.string))
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return Page(name: path.stem ?? "", lines: lines.map(String.init))
    }
}

/// Lines of Swift as they are compared: without indentation, empty lines, imports and `@main`.
struct Example {
    /// The page and line that it begins at.
    let place: String
    private(set) var lines: [String] = []

    init(place: String = "", lines: [String]) {
        self.place = place
        for line in lines { append(line) }
    }

    mutating func append(_ line: String) {
        let line = line.drop { $0 == " " }
        guard !line.isEmpty, line != "@main", !line.hasPrefix("import ") else { return }
        lines.append(String(line))
    }

    /// Tells whether the lines of another example stand in this one, one after the other.
    func contains(_ other: Example) -> Bool {
        guard lines.count >= other.lines.count else { return false }
        return (0...(lines.count - other.lines.count))
            .contains { start in
                lines[start..<(start + other.lines.count)].elementsEqual(other.lines)
            }
    }
}
