/// A file of `sql/statements`: what its header declares, and its SQL.
struct StatementFile: Equatable {
    var name: String
    /// What the statement does, in paragraphs.
    var prose: [String]
    var parameters: [Field]
    var columns: [Field]
    /// The indexes that its plan must use.
    var indexes: [String]
    /// What else its plan must keep to.
    var planHints: [String]
    var sql: String

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - name: The file's name without `.sql`.
    ///   - path: The path as mistakes name it.
    ///   - text: The whole file.
    /// - Throws: ``Mistake``, the first one.
    init(name: String, path: String, text: String) throws(Mistake) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let headerCount = lines.firstIndex { !$0.hasPrefix("--") } ?? lines.count
        var header = HeaderParser(file: path)
        for (index, line) in lines[..<headerCount].enumerated() {
            try header.read(line.dropFirst(2).trimmed, line: index + 1)
        }
        try header.finish(expecting: name)

        let sql = lines[headerCount...].joined(separator: "\n").trimmed
        guard !sql.isEmpty else {
            let line = lines.count
            throw Mistake(file: path, line: line, problem: "there is no SQL", advice: "write it below the header")
        }
        let whole = SQLText(file: path, text: text)
        try whole.check(parameters: header.parameters)
        try whole.checkIsOneStatement()
        try whole.checkSchemaName()

        self.name = name
        self.prose = header.prose
        self.parameters = header.parameters
        self.columns = header.columns
        self.indexes = header.indexes
        self.planHints = header.planHints
        self.sql = sql
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true {
            rest = rest.dropFirst()
        }
        while rest.last?.isWhitespace == true {
            rest = rest.dropLast()
        }
        return String(rest)
    }
}

/// A type as a statement's header spells it: `int8`, `text?`, `bytea[]`, `int8[]?`, `text?[]`.
struct SQLType: Equatable {
    /// The types that can be sent and read.
    enum Base: String, CaseIterable {
        case bool, int2, int4, int8, float8, text, bytea, uuid, timestamptz, interval, jsonb
    }

    var base: Base
    /// Whether the value as a whole can be null: `text?`, `int8[]?`.
    var isNullable = false
    var isArray = false
    /// Whether an element of the array can be null: `text?[]`.
    var hasNullableElements = false

    /// Reads a type; `nil` where there is no such type.
    init?(_ spelling: some StringProtocol) {
        var rest = spelling[...]
        if rest.hasSuffix("?") {
            isNullable = true
            rest = rest.dropLast()
        }
        if rest.hasSuffix("[]") {
            isArray = true
            rest = rest.dropLast(2)
            if rest.hasSuffix("?") {
                hasNullableElements = true
                rest = rest.dropLast()
            }
        }
        guard let base = Base(rawValue: String(rest)), !(isNullable && hasNullableElements) else {
            return nil
        }
        self.base = base
    }

    /// What a header may say.
    static var choices: String {
        Base.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

/// A parameter or a column: a name and a type.
struct Field: Equatable {
    var name: String
    var type: SQLType
    /// The line of the header that declares it.
    var line: Int
}

/// Reads the comment at the top of a statement file, line by line.
///
/// First `name: prose`, with more lines of prose; then `$n name type`, a line each; then `rows:`, `uses:` and `plan:`,
/// lists that go on in the next line after a trailing comma.
struct HeaderParser {
    private enum Section: String {
        case prose, parameters, rows, uses, plan
    }

    private enum ListSection: String, CaseIterable {
        case rows, uses, plan
    }

    let file: String
    private(set) var name: String?
    private(set) var prose: [String] = []
    private(set) var parameters: [Field] = []
    private(set) var columns: [Field] = []
    private(set) var indexes: [String] = []
    private(set) var planHints: [String] = []
    private var section = Section.prose
    private var isListOpen = false
    private var startsParagraph = false

    init(file: String) {
        self.file = file
    }

    /// Reads a line, given without its dashes.
    mutating func read(_ text: String, line: Int) throws(Mistake) {
        guard name != nil else {
            return try readName(text, line: line)
        }
        if isListOpen {
            return try readList(text, line: line)
        }
        if text.hasPrefix("$") {
            return try readParameter(text, line: line)
        }
        for list in ListSection.allCases where text.hasPrefix(list.rawValue + ":") {
            section = Section(rawValue: list.rawValue) ?? section
            return try readList(text.dropFirst(list.rawValue.count + 1).trimmed, line: line)
        }
        try readProse(text, line: line)
    }

    /// Checks what can be checked only at the header's end.
    func finish(expecting fileName: String) throws(Mistake) {
        guard let name else {
            throw mistake(1, "there is no header", "start the file with `-- \(fileName): What it does.`")
        }
        guard name == fileName else {
            throw mistake(1, "the header names `\(name)`, the file `\(fileName)`", "make them equal")
        }
        guard SwiftNames.isSQLName(name) else {
            throw mistake(1, "`\(name)` is not a name", "use a-z, 0-9 and single underscores, a letter first")
        }
        if isListOpen {
            throw mistake(1, "the header ends with a comma", "end the list or go on in the next `--` line")
        }
        try checkUnique(parameters, "parameter")
        try checkUnique(columns, "column")
    }

    private mutating func readName(_ text: String, line: Int) throws(Mistake) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, !parts[0].contains(" "), !parts[1].trimmed.isEmpty else {
            throw mistake(line, "the header does not start with the name", "write `-- <file name>: What it does.`")
        }
        name = String(parts[0])
        prose = [parts[1].trimmed]
    }

    private mutating func readProse(_ text: String, line: Int) throws(Mistake) {
        guard section == .prose else {
            if text.isEmpty {
                return
            }
            throw mistake(line, "`\(text)` is neither a parameter nor a list", "put prose above the parameters")
        }
        if text.isEmpty {
            startsParagraph = true
        } else if startsParagraph {
            prose.append(text)
            startsParagraph = false
        } else {
            prose[prose.count - 1] += " " + text
        }
    }

    private mutating func readParameter(_ text: String, line: Int) throws(Mistake) {
        guard section == .prose || section == .parameters else {
            throw mistake(line, "a parameter stands below `\(section.rawValue):`", "put the parameters above it")
        }
        section = .parameters
        let number = parameters.count + 1
        guard let space = text.firstIndex(of: " "), text[..<space] == "$\(number)" else {
            throw mistake(line, "`\(text)` is out of order", "number the parameters from $1 on; this is $\(number)")
        }
        parameters.append(try readField(text[space...].trimmed, line: line))
    }

    private mutating func readList(_ text: String, line: Int) throws(Mistake) {
        isListOpen = text.hasSuffix(",")
        let items = text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        if items == ["none"] {
            return
        }
        for item in items {
            switch section {
            case .rows:
                columns.append(try readField(item, line: line))
            case .uses:
                indexes.append(item)
            case .plan:
                planHints.append(item)
            case .prose, .parameters:
                break
            }
        }
    }

    private func readField(_ text: String, line: Int) throws(Mistake) -> Field {
        let words = text.split(separator: " ")
        guard words.count == 2 else {
            throw mistake(line, "`\(text)` is not a name and a type", "write `<name> <type>` and nothing more")
        }
        guard SwiftNames.isSQLName(words[0]) else {
            throw mistake(line, "`\(words[0])` is not a name", "use a-z, 0-9 and single underscores, a letter first")
        }
        guard let type = SQLType(words[1]) else {
            let choices =
                "use one of \(SQLType.choices), and behind it `?` for nullable, `[]` for an array, "
                + "`[]?` for a nullable array, `?[]` for an array with nulls"
            throw mistake(line, "`\(words[1])` is not a known type", choices)
        }
        return Field(name: String(words[0]), type: type, line: line)
    }

    private func checkUnique(_ fields: [Field], _ kind: String) throws(Mistake) {
        var seen: Set<String> = []
        for field in fields where !seen.insert(field.name).inserted {
            throw mistake(field.line, "two \(kind)s are called `\(field.name)`", "rename one")
        }
    }

    private func mistake(_ line: Int, _ problem: String, _ advice: String) -> Mistake {
        Mistake(file: file, line: line, problem: problem, advice: advice)
    }
}
