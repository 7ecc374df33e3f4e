@testable import PostroomSources

/// Changes to a JSON text that keep most of its structure, so that they reach what reads its fields.
enum TreeMutation {
    /// Values that readers of fields may not expect.
    private static let values: [[UInt8]] =
        [
            "null", "true", "false", "0", "-0", "1.5", "1e3", "1e400", "-1e-400", "9007199254740993",
            "9223372036854775808", "18446744073709551616", "\"\"", "\"x\"", "\"\\ud83d\"", "\"\\u0000\"", "\"•••\"",
            "{}", "[]", "[[]]", "[null]", "{\"a\":1,\"a\":2}", "\"infinity\"", "\"-infinity\"", "\"NaN\"",
            "\"2026-02-30T25:61:61Z\"", "\"999999999-01-01T00:00:00Z\"", "\"2026-03-04T10:00:00.1234567890123Z\"",
            "\"0000-00-00\"", "\"user.created\"", "\"conversation_message\"", "\"platform_event\"", "\"insert\"",
            "\"ping\"",
        ]
        .map { Array($0.utf8) } + [
            Array("\"".utf8) + [0xFF, 0xC0, 0x80] + Array("\"".utf8), Array("\"".utf8) + [0xED, 0xA0, 0x80, 0x22],
            [UInt8](repeating: UInt8(ascii: "9"), count: 400),
            [0x22] + [UInt8](repeating: UInt8(ascii: "x"), count: 70_000) + [0x22],
        ]

    /// Changes a tree in one to four places.
    static func mutate(_ tree: inout JSONTree, _ generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let count = tree.count
            let donor = tree[Int.random(in: 0..<count, using: &generator)]
            var own = generator
            tree.change(at: Int.random(in: 0..<count, using: &generator)) { value in
                change(&value, donor, &own)
            }
            generator = own
        }
    }

    private static func change(_ value: inout JSONTree, _ donor: JSONTree, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<9, using: &generator) {
        case 0, 1: value = .scalar(values[Int.random(in: 0..<values.count, using: &generator)])
        case 2: value = donor
        case 3: value = nested(value, &generator)
        case 4: value = .array([value, donor])
        default: changeMembers(of: &value, donor, &generator)
        }
    }

    /// Puts a value deep into others, mostly a little.
    private static func nested(_ value: JSONTree, _ generator: inout SeededGenerator) -> JSONTree {
        let depths = [1, 2, 5, 23, 24, 25, 30, 127, 128, 511, 512]
        let depth = depths[Int.random(in: 0..<depths.count, using: &generator)]
        let name = ["data", "content", "x"][Int.random(in: 0..<3, using: &generator)]
        guard depth <= 30 else {
            // As text: a tree of that depth would exhaust the test's own stack.
            let opened = depth % 2 == 0 ? "[" : "{\"\(name)\":"
            let closed = depth % 2 == 0 ? "]" : "}"
            let text = [opened, closed].map { Array(String(repeating: $0, count: depth).utf8) }
            return .scalar(text[0] + value.bytes + text[1])
        }
        var result = value
        for _ in 0..<depth {
            result = depth % 2 == 0 ? .array([result]) : .object([JSONTree.Member(name: name, value: result)])
        }
        return result
    }

    private static func changeMembers(
        of value: inout JSONTree,
        _ donor: JSONTree,
        _ generator: inout SeededGenerator
    ) {
        guard case .object(var members) = value, !members.isEmpty else { return }
        let index = Int.random(in: 0..<members.count, using: &generator)
        let other = Int.random(in: 0..<members.count, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: members.remove(at: index)
        case 1: members.insert(members[index], at: other)
        case 2: members.swapAt(index, other)
        case 3: (members[index].value, members[other].value) = (members[other].value, members[index].value)
        case 4: members[index].name = members[other].name
        case 5: members[index].isEscaped.toggle()
        default: members.append(JSONTree.Member(name: members[index].name, value: donor))
        }
        value = .object(members)
    }
}
