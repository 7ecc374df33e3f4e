import Testing

@testable import YAMLReader

@Suite("Reading YAML")
struct YAMLTreeTests {
    /// A text, and the tree that comes of it, in one line.
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let tree: String
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ tree: String) {
            self.text = text
            self.tree = tree
        }
    }

    @Test(
        "texts, lists and mappings are read with their places",
        arguments: [
            Case("", "-"),
            Case("\n# nothing\n", "-"),
            Case("---\n", "null@2:1"),
            Case("a", "a@1:1"),
            Case("a: b\n", "{a@1:1: b@1:4}@1:1"),
            Case("a:\n  b: 1\n  c: x y # why\n", "{a@1:1: {b@2:3: 1@2:6, c@3:3: x y@3:6}@2:3}@1:1"),
            Case("- a\n-   b\n- - c\n", "[a@1:3, b@2:5, [c@3:5]@3:3]@1:1"),
            Case("{a: [1, \"2\", '3'], b: {}}", "{a@1:2: [1@1:6, \"2\"@1:9, \"3\"@1:14]@1:5, b@1:20: {}@1:23}@1:1"),
            Case("a: ~\nb:\nc: \"\"\n", "{a@1:1: null@1:4, b@2:1: null@2:3, c@3:1: \"\"@3:4}@1:1"),
            Case("a: null\nb: 'null'\n", "{a@1:1: null@1:4, b@2:1: \"null\"@2:4}@1:1"),
            Case("\"ä\": é\n", "{\"ä\"@1:1: é@1:6}@1:1"),
            Case("a: \"x\\ny\\u00e9\"\n", "{a@1:1: \"x\ny\u{e9}\"@1:4}@1:1"),
            Case("a: |\n  x\n  y\nb: >\n  x\n  y\n", "{a@1:1: \"x\ny\n\"@1:4, b@4:1: \"x y\n\"@4:4}@1:1"),
            Case("a: &x [1]\nb: *x\n", "{a@1:1: [1@1:8]@1:4, b@2:1: [1@1:8]@1:4}@1:1"),
            Case("? [a]\n: b\n", "{[a@1:4]@1:3: b@2:3}@1:1"),
            Case("\u{FEFF}a: b\n", "{a@1:2: b@1:5}@1:2"),
            Case("a: b\r\nc: d\r\n", "{a@1:1: b@1:4, c@2:1: d@2:4}@1:1"),
        ]
    )
    func trees(given: Case) throws {
        #expect(try described(try YAMLTree(parsing: Array(given.text.utf8)).root) == given.tree)
    }

    @Test(
        "what is not YAML is refused with the place, and without the text",
        arguments: [
            ("a: {b: 1\n", YAMLProblem.syntax(message: "did not find expected ',' or '}'", mark: mark(2, 1))),
            ("a:\n\tb: 1\n", .syntax(message: "found character that cannot start any token", mark: mark(2, 1))),
            ("a: *b\n", .syntax(message: "found undefined alias", mark: mark(1, 4))),
            ("a: &a [*a]\n", .syntax(message: "found undefined alias", mark: mark(1, 8))),
            ("a: \"b\n", .syntax(message: "found unexpected end of stream", mark: mark(2, 1))),
            ("a: b: c\n", .syntax(message: "mapping values are not allowed in this context", mark: mark(1, 5))),
            ("a: 1\n---\nb: 2\n", .secondDocument(mark(2, 1))),
        ] as [(String, YAMLProblem)]
    )
    func problems(text: String, problem: YAMLProblem) {
        #expect(throws: problem) { try YAMLTree(parsing: Array(text.utf8)) }
    }

    @Test("bytes that are no text are refused")
    func notText() {
        let found = #expect(throws: YAMLProblem.self) { try YAMLTree(parsing: [0x61, 0x3A, 0x20, 0xFF]) }
        #expect(found == .syntax(message: "invalid leading UTF-8 octet", mark: nil))
    }

    @Test("of a key that stands more than once the first value is kept, and both places are told")
    func repeated() throws {
        let text = "a: {x: 1, y: 2, \"x\": 3, x: 4}\nb:\n- {k: 1, k: 2}\na: 5\n"
        let tree = try YAMLTree(parsing: Array(text.utf8))
        #expect(
            tree.repeatedKeys == [
                .init(path: ["a", "x"], first: Self.mark(1, 5), last: Self.mark(1, 25)),
                .init(path: ["b", "k"], first: Self.mark(3, 4), last: Self.mark(3, 10)),
                .init(path: ["a"], first: Self.mark(1, 1), last: Self.mark(4, 1)),
            ]
        )
        let root = try #require(tree.root?.mapping)
        #expect(root.map(\.key.scalar?.string) == ["a", "b"])
        #expect(root.first?.value.mapping?.map(\.value.scalar?.string) == ["1", "2"])
    }

    @Test("a text that is nested without end is refused, however deep it is", arguments: ["[", "a: {", "- "])
    func depth(opening: String) {
        let text = String(repeating: opening, count: 100_000)
        let found = #expect(throws: YAMLProblem.self) { try YAMLTree(parsing: Array(text.utf8)) }
        guard case .syntax(let message, _) = found else { return }
        #expect(
            message.hasPrefix("nested deeper") || message.hasPrefix("mapping values") || message.hasPrefix("did not")
        )
    }

    @Test("aliases of aliases cost no more than their text")
    func aliases() throws {
        var text = "a0: &a0 [x]\n"
        for number in 1...60 {
            text += "a\(number): &a\(number) [*a\(number - 1), *a\(number - 1)]\n"
        }
        #expect(try YAMLTree(parsing: Array(text.utf8)).root?.mapping?.count == 61)
    }

    private static func mark(_ line: Int, _ column: Int) -> YAMLMark {
        YAMLMark(line: line, column: column)
    }

    /// A tree in one line: quoted texts in quotes, and each value with its place.
    private func described(_ node: YAMLNode?) throws -> String {
        guard let node else { return "-" }
        let text =
            switch node.content {
            case .scalar(let scalar): node.isNull ? "null" : scalar.isPlain ? scalar.string : "\"\(scalar.string)\""
            case .sequence(let nodes): "[" + (try nodes.map(described).joined(separator: ", ")) + "]"
            case .mapping(let pairs):
                "{" + (try pairs.map { "\(try described($0.key)): \(try described($0.value))" }.joined(separator: ", "))
                    + "}"
            }
        return "\(text)@\(node.mark.line):\(node.mark.column)"
    }
}
