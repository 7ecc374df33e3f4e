import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("Output of commands")
struct CommandOutputTests {
    /// A row of the tests' lists.
    struct Item: Sendable {
        let name: String
        let count: Int
        let error: String?
    }

    private static let columns: [Column<Item>] = [
        Column("name", value: { .string($0.name) }),
        Column("dead letters", .right, value: { .integer(Int64($0.count)) }, text: { HumanText.count($0.count) }),
        Column(forPeople: "state", text: { $0.count == 0 ? "ok" : "sick" }, style: { $0.count == 0 ? .green : .red }),
        Column("last error", key: "error", widest: 12, value: { .string(orNull: $0.error) }),
    ]

    private static let items = [
        Item(name: "crm.sync", count: 1234, error: "timed out\nafter 30 s"), Item(name: "日本", count: 0, error: nil),
    ]

    private static func written(isColoured: Bool = false, _ body: (CommandOutput) -> Void) -> (
        data: String, notes: String
    ) {
        let data = MemorySink()
        let notes = MemorySink()
        let style = Style(isOn: isColoured)
        body(CommandOutput(data: data, notes: notes, style: style, noteStyle: style))
        return (data.text, notes.text)
    }

    @Test("a list is an aligned table, one line a row, with no blanks at the ends")
    func table() {
        let (data, notes) = Self.written { $0.list(Self.items, Self.columns, asJSON: false, ifEmpty: "none") }
        let expected = """
            name      dead letters  state  last error
            crm.sync         1,234  sick   timed out\\n…
            日本                 0  ok     –

            """
        #expect(data == expected)
        #expect(notes.isEmpty)
    }

    @Test("colour sets off without moving columns")
    func coloured() {
        let (data, _) = Self.written(isColoured: true) {
            $0.list(Self.items, Self.columns, asJSON: false, ifEmpty: "none")
        }
        let (plain, _) = Self.written { $0.list(Self.items, Self.columns, asJSON: false, ifEmpty: "none") }
        #expect(data.contains("\u{1B}[31msick\u{1B}[0m   timed"))
        #expect(data.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("a list for machines is an array of objects with stable names, and has no column for people")
    func json() {
        let (data, _) = Self.written(isColoured: true) {
            $0.list(Self.items, Self.columns, asJSON: true, ifEmpty: "none")
        }
        let expected = """
            [
              {"name":"crm.sync","dead_letters":1234,"error":"timed out\\nafter 30 s"},
              {"name":"日本","dead_letters":0,"error":null}
            ]

            """
        #expect(data == expected)
    }

    @Test("an empty list is no data for people and an empty array for machines")
    func empty() {
        let people = Self.written { $0.list([], Self.columns, asJSON: false, ifEmpty: "no dead letters") }
        #expect(people == ("", "no dead letters\n"))
        let machines = Self.written { $0.list([], Self.columns, asJSON: true, ifEmpty: "no dead letters") }
        #expect(machines == ("[]\n", ""))
    }

    @Test("one item is a line for each column, or one object")
    func show() {
        let people = Self.written { $0.show(Self.items[0], Self.columns, asJSON: false) }
        let expected = """
            name          crm.sync
            dead letters  1,234
            state         sick
            last error    timed out\\nafter 30 s

            """
        #expect(people == (expected, ""))
        let machines = Self.written { $0.show(Self.items[1], Self.columns, asJSON: true) }
        #expect(machines.data == "{\n  \"name\":\"日本\",\n  \"dead_letters\":0,\n  \"error\":null\n}\n")
    }

    @Test("what is no data goes to standard error")
    func notes() {
        let (data, notes) = Self.written { output in
            output.note("migrated")
            output.error("no such handler")
            output.line("data")
        }
        #expect(data == "data\n")
        #expect(notes == "migrated\nerror: no such handler\n")
    }

    @Test("a value for machines keeps the order of its members")
    func tree() {
        let value: JSONTree = [
            "z": 1, "a": [true, nil, "x\"\u{1B}"], "n": .number(1.5), "i": .number(.infinity), "o": [:],
        ]
        #expect(
            String(decoding: value.line, as: UTF8.self)
                == #"{"z":1,"a":[true,null,"x\"\u001b"],"n":1.5,"i":null,"o":{}}"#
        )
    }

    @Test("exit statuses are those that callers rely on")
    func statuses() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 75])
    }

    @Test("output that can't be written is remembered")
    func refused() {
        let sink = DescriptorSink(descriptor: -1)
        sink.write([1])
        #expect(sink.problem == .refused(code: 9))
        #expect(sink.problem?.description == "the output can't be written: Bad file descriptor")
    }
}
