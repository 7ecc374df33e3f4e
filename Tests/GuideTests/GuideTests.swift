import SystemPackage
import Testing

@Suite("The guides")
struct GuideTests {
    @Test("every Swift example in the guides and the README is compiled, word for word")
    func examplesCompile() throws {
        let compiled = try Guides.sources(in: "Tests/GuideTests/Examples").map { Example(lines: $0.lines) }
        let examples = try Guides.pages().flatMap(Guides.examples(of:))
        #expect(examples.count > 5)
        for example in examples {
            #expect(
                compiled.contains { $0.contains(example) },
                "\(example.place) is in no file of Tests/GuideTests/Examples: \(example.lines.first ?? "")"
            )
        }
    }

    @Test(
        "an example counts as compiled without its imports and its place in a file, and not when a word differs",
        arguments: [
            (["let a = 1"], true), (["import Postroom", "", "let a = 1", "let b = 2"], true),
            (["let a = 2"], false), (["let b = 2", "let a = 1"], false), (["let a = 1", "let c = 3"], false),
        ]
    )
    func comparison(lines: [String], isThere: Bool) {
        let file = Example(lines: ["import Postroom", "enum Place {", "    let a = 1", "", "    let b = 2", "}"])
        #expect(file.contains(Example(lines: lines)) == isThere)
    }

    @Test("a link to another guide leads to one")
    func links() throws {
        let pages = try Guides.pages()
        let names = Set(pages.map(\.name))
        for page in pages {
            for name in page.lines.flatMap(Guides.links(in:)) {
                #expect(names.contains(name), "\(page.name) links to \(name)")
            }
        }
    }

    @Test("the architecture has a row for every module")
    func modules() throws {
        let page = try #require(try Guides.pages().first { $0.name == "Architecture" })
        let rows = page.lines.filter { $0.hasPrefix("| `") }.compactMap { $0.split(separator: "|").first }
        let named = Set(rows.flatMap { $0.split(separator: "`", omittingEmptySubsequences: false) }.map(String.init))
        for module in try Guides.modules() {
            #expect(named.contains(module), "Architecture.md has no row for \(module)")
        }
    }
}
