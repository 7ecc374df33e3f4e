/// A file of `Sources/PostroomSources/*/*.events`: the event types of a source that have a Swift type, one entry each.
///
/// A block begins in the first column, and all that is indented belongs to it; a line that begins with `#` is a comment.
///
/// ```
/// source anthropic Anthropic
///     notice: Notice = try Notice(envelope, data)
///         The facts that every event states.
///
/// object vault
///     vaultID: String = try data.value("id")
///         The identity of the vault.
///     sample:
///         "id":"\(values.token("vlt_", 24))"
///
/// event vault.created VaultCreated vault: a vault was created
/// event vault.deleted VaultDeleted vault: a vault was deleted
///     It is the last event of the vault, and may overtake those before it.
///
/// group VaultChanged: a vault was created or deleted
///     types: vault.created vault.deleted
/// ```
///
/// - `source` names the source, and the enum that its Swift types stand in. Its field is one that every event has.
/// - `object` names what some event types carry: a field is `name: Type = expression` in Swift, where `envelope` and
///   `data` are the body's, and its documentation; a field without documentation is internal. An object marked `loose`
///   is read where the body has no data too.
/// - `event` states the type, its Swift name, its object, and what happened: the catalogue's line and the documentation's
///   first sentence. More documentation may follow. In place of the object stands `by-hand` where the Swift type is
///   declared, documented and decoded in a file of its own.
/// - `group` names an enum over some of the event types, which one handler can take together.
///
/// An object or event may have a `sample:`, either a Swift expression behind it or, below, `let` lines and the lines of a
/// Swift string literal; and the `sensitive:` paths of values that must not be shown, separated by commas.
struct EventTable: Equatable {
    /// A field of an event.
    struct Field: Equatable {
        var name: String
        var type: String
        /// The Swift expression that reads it.
        var expression: String
        /// The paragraphs of its documentation; none for an internal field.
        var documentation: [String]
    }

    /// The maker of sample data.
    enum Sample: Equatable {
        /// A Swift expression of a function.
        case function(String)
        /// The body of a function: `let` lines, and the lines of a string literal.
        case body(statements: [String], text: [String])
    }

    /// The data that several event types share.
    struct Object: Equatable {
        var name: String
        /// The line of the table that it begins in.
        var line: Int
        /// True where the data may be missing.
        var isLoose: Bool
        var fields: [Field] = []
        var sample: Sample?
        var sensitivePaths: [String] = []
    }

    /// An event type.
    struct Event: Equatable {
        var type: String
        /// The Swift type's name.
        var name: String
        /// The object that it carries; `nil` where the Swift type is written by hand.
        var object: String?
        /// The line of the table that it begins in.
        var line: Int
        /// One line that says what happened.
        var summary: String
        /// The paragraphs that follow in the documentation.
        var discussion: [String] = []
        var sample: Sample?
        var sensitivePaths: [String] = []
    }

    /// Event types that one handler can take together.
    struct Group: Equatable {
        /// The enum's name.
        var name: String
        /// The line of the table that it begins in.
        var line: Int
        /// One line that says what happened.
        var summary: String
        /// The paragraphs that follow in the documentation.
        var discussion: [String] = []
        var types: [String] = []
    }

    /// The path of the file, as mistakes name it.
    let path: String
    /// The source's name, for example `anthropic`.
    private(set) var source = ""
    /// The enum that the Swift types stand in, for example `Anthropic`.
    private(set) var namespace = ""
    /// The field that every event has.
    private(set) var notice = Field(name: "", type: "", expression: "", documentation: [])
    private(set) var objects: [Object] = []
    private(set) var events: [Event] = []
    private(set) var groups: [Group] = []

    /// The object that an event carries; `nil` where the Swift type is written by hand.
    func object(of event: Event) -> Object? {
        objects.first { $0.name == event.object }
    }

    /// The paths of values that must not be shown, each once, in the order of the table.
    var sensitivePaths: [String] {
        var seen: Set<String> = []
        return (objects.flatMap(\.sensitivePaths) + events.flatMap(\.sensitivePaths))
            .filter { seen.insert($0).inserted }
    }
}

extension EventTable {
    /// Reads a file.
    ///
    /// - Throws: ``Mistake``, the first one.
    init(path: String, text: String) throws(Mistake) {
        self.path = path
        for block in try EventTableBlock.blocks(of: text, path: path) {
            switch block.keyword {
            case "source": try read(source: block)
            case "object": try read(object: block)
            case "event": try read(event: block)
            case "group": try read(group: block)
            default:
                throw block.mistake(
                    "`\(block.keyword)` begins no block",
                    "write `source`, `object`, `event` or `group`"
                )
            }
        }
        try check()
    }

    private mutating func read(source block: EventTableBlock) throws(Mistake) {
        let words = block.head.split(separator: " ").map(String.init)
        guard namespace.isEmpty, words.count == 2 else {
            throw block.mistake("this is not the one `source <name> <Swift enum>`", "write one, as the first block")
        }
        let items = block.items.filter { !$0.text.isEmpty }
        guard items.count == 1, let field = try block.field(items[0]) else {
            throw block.mistake("a source has one field, which every event has", "write `name: Type = expression`")
        }
        (source, namespace, notice) = (words[0], words[1], field)
    }

    private mutating func read(object block: EventTableBlock) throws(Mistake) {
        let words = block.head.split(separator: " ").map(String.init)
        guard words.count == 1 || words.count == 2 && words[1] == "loose" else {
            throw block.mistake("this is no `object <name>` or `object <name> loose`", "write one of the two")
        }
        guard !objects.contains(where: { $0.name == words[0] }) else {
            throw block.mistake("there is another object `\(words[0])`", "rename one")
        }
        var object = Object(name: words[0], line: block.line, isLoose: words.count == 2)
        for item in block.items where !item.text.isEmpty {
            if let sample = try block.sample(item) {
                object.sample = sample
            } else if let paths = block.sensitivePaths(item) {
                object.sensitivePaths += paths
            } else if let field = try block.field(item) {
                object.fields.append(field)
            } else {
                throw block.mistake(
                    "`\(item.text)` is no part of an object",
                    "write `name: Type = expression`, `sample:` or `sensitive:`",
                    line: item.line
                )
            }
        }
        objects.append(object)
    }

    private mutating func read(event block: EventTableBlock) throws(Mistake) {
        let parts = block.head.split(separator: ":", maxSplits: 1).map(\.trimmed)
        let words = parts[0].split(separator: " ").map(String.init)
        guard words.count == 3, parts.count == 2, let first = parts[1].first, !first.isUppercase,
            !parts[1].hasSuffix(".")
        else {
            throw block.mistake(
                "this is no `event <type> <Swift name> <object>: <what happened>`",
                "write one, and what happened in lower case and without a full stop"
            )
        }
        var event = Event(
            type: words[0],
            name: words[1],
            object: words[2] == "by-hand" ? nil : words[2],
            line: block.line,
            summary: parts[1]
        )
        var prose: [String] = []
        for item in block.items {
            if let sample = try block.sample(item) {
                event.sample = sample
            } else if let paths = block.sensitivePaths(item) {
                event.sensitivePaths += paths
            } else {
                prose.append(item.text)
            }
        }
        event.discussion = prose.paragraphs
        events.append(event)
    }

    private mutating func read(group block: EventTableBlock) throws(Mistake) {
        let parts = block.head.split(separator: ":", maxSplits: 1).map(\.trimmed)
        guard parts.count == 2, !parts[0].contains(" "), !parts[1].hasSuffix(".") else {
            throw block.mistake("this is no `group <Swift name>: <what happened>`", "write one, without a full stop")
        }
        let texts = block.items.map(\.text)
        let types = texts.filter { $0.hasPrefix("types: ") }.flatMap { $0.split(separator: " ").dropFirst() }
        guard types.count > 1 else {
            throw block.mistake("the group has fewer than two event types", "write `types: <type> <type>`")
        }
        groups.append(
            Group(
                name: parts[0],
                line: block.line,
                summary: parts[1],
                discussion: texts.filter { !$0.hasPrefix("types: ") }.paragraphs,
                types: types.map(String.init)
            )
        )
    }

    private func check() throws(Mistake) {
        guard !namespace.isEmpty else {
            throw mistake(1, "no source is named", "begin with `source <name> <Swift enum>`")
        }
        var types: Set<String> = []
        var names: Set<String> = ["AnyEvent"]
        for event in events {
            guard types.insert(event.type).inserted else {
                throw mistake(event.line, "`\(event.type)` has another entry", "remove one")
            }
            guard names.insert(event.name).inserted else {
                throw mistake(event.line, "another event is called \(event.name) in Swift, too", "rename one")
            }
            if let object = event.object, !objects.contains(where: { $0.name == object }) {
                throw mistake(event.line, "there is no object `\(object)`", "add it, or write `by-hand`")
            }
            guard event.sample != nil || object(of: event)?.sample != nil else {
                throw mistake(event.line, "`\(event.type)` has no sample", "give it or its object one")
            }
        }
        for group in groups {
            guard names.insert(group.name).inserted else {
                throw mistake(group.line, "something else is called \(group.name) in Swift, too", "rename one")
            }
            for type in group.types where !types.contains(type) {
                throw mistake(group.line, "there is no event type `\(type)`", "correct it, or add its entry")
            }
            guard Set(group.types).count == group.types.count else {
                throw mistake(group.line, "the group names an event type twice", "remove one")
            }
        }
        for object in objects where !events.contains(where: { $0.object == object.name }) {
            throw mistake(object.line, "no event carries the object `\(object.name)`", "remove it")
        }
    }

    private func mistake(_ line: Int, _ problem: String, _ advice: String) -> Mistake {
        Mistake(file: path, line: line, problem: problem, advice: advice)
    }
}

/// A block of a table: a line in the first column and what is indented below it.
private struct EventTableBlock {
    /// A line of a block, and what is indented below it in turn.
    struct Item {
        var text: String
        var line: Int
        /// The lines below, without their common indentation.
        var nested: [String] = []
    }

    let path: String
    let line: Int
    /// The first word.
    let keyword: String
    /// The rest of the line.
    let head: String
    private(set) var items: [Item] = []

    static func blocks(of text: String, path: String) throws(Mistake) -> [EventTableBlock] {
        var blocks: [EventTableBlock] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            if line.hasPrefix("#") {
                continue
            }
            if !line.isEmpty, !line.hasPrefix(" ") {
                let words = line.split(separator: " ", maxSplits: 1)
                blocks.append(
                    EventTableBlock(
                        path: path,
                        line: number,
                        keyword: String(words[0]),
                        head: words.count > 1 ? words[1].trimmed : ""
                    )
                )
                continue
            }
            guard var block = blocks.popLast() else {
                guard line.isEmpty else {
                    let mistake = Mistake(
                        file: path,
                        line: number,
                        problem: "no block begins above",
                        advice: "indent less"
                    )
                    throw mistake
                }
                continue
            }
            try block.add(line, at: number)
            blocks.append(block)
        }
        return blocks
    }

    private mutating func add(_ line: Substring, at number: Int) throws(Mistake) {
        if line.hasPrefix("        "), !items.isEmpty {
            items[items.count - 1].nested.append(String(line.dropFirst(8)))
        } else if line.isEmpty {
            // It parts paragraphs: of the documentation of a field, or of an event.
            if items.last?.nested.isEmpty == false {
                items[items.count - 1].nested.append("")
            } else {
                items.append(Item(text: "", line: number))
            }
        } else if line.hasPrefix("    "), line.dropFirst(4).first != " " {
            items.append(Item(text: line.trimmed, line: number))
        } else {
            throw mistake(
                "this is indented by neither four nor eight",
                "indent by four, and what belongs to that by eight",
                line: number
            )
        }
    }

    func sample(_ item: Item) throws(Mistake) -> EventTable.Sample? {
        guard item.text.hasPrefix("sample:") else { return nil }
        let expression = item.text.dropFirst("sample:".count).trimmed
        var lines = item.nested
        while lines.last?.isEmpty == true {
            lines.removeLast()
        }
        guard expression.isEmpty != lines.isEmpty else {
            throw mistake("a sample is one expression, or lines below it", "write one of the two", line: item.line)
        }
        if !expression.isEmpty {
            return .function(expression)
        }
        let statements = Array(lines.prefix { $0.hasPrefix("let ") })
        guard statements.count < lines.count else {
            throw mistake("the sample has no text", "write it below the `let` lines", line: item.line)
        }
        return .body(statements: statements, text: Array(lines[statements.count...]))
    }

    func sensitivePaths(_ item: Item) -> [String]? {
        guard item.text.hasPrefix("sensitive:") else { return nil }
        let text = ([item.text.dropFirst("sensitive:".count).trimmed] + item.nested).joined(separator: " ")
        return text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Reads `name: Type = expression`; `nil` where the line is something else.
    func field(_ item: Item) throws(Mistake) -> EventTable.Field? {
        let parts = item.text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, !parts[0].contains(" "), let equals = parts[1].firstRange(of: " = ") else { return nil }
        return EventTable.Field(
            name: String(parts[0]),
            type: parts[1][..<equals.lowerBound].trimmed,
            expression: parts[1][equals.upperBound...].trimmed,
            documentation: item.nested.paragraphs
        )
    }

    func mistake(_ problem: String, _ advice: String, line: Int? = nil) -> Mistake {
        Mistake(file: path, line: line ?? self.line, problem: problem, advice: advice)
    }
}

extension [String] {
    /// The lines as paragraphs, which empty lines part.
    fileprivate var paragraphs: [String] {
        split(separator: "").map { $0.joined(separator: " ") }
    }
}
