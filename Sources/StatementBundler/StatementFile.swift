/// A file of `sql/statements`: what its header declares, and its SQL.
struct StatementFile: Equatable {
    var name: String
    /// The description, in paragraphs.
    var prose: [String]
    var parameters: [Parameter]
    var columns: [Field]
    /// The indexes that its plan must use.
    var indexes: [String]
    /// The other rules of its plan.
    var planHints: [String]
    /// True if other modules of the package run it, too.
    var isPackage: Bool
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
        try whole.check(parameters: header.parameters.flatMap(\.fields))
        try whole.checkIsOneStatement()
        try whole.checkSchemaName()

        self.name = name
        self.prose = header.prose
        self.parameters = header.parameters
        self.columns = header.columns
        self.indexes = header.indexes
        self.planHints = header.planHints
        self.isPackage = header.isPackage
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

/// A type as a statement's header spells it: `int8`, `text?`, `DeliveryID[]`, `HandlerName[]?`, `text?[]`.
struct ValueType: Equatable {
    /// The Swift types that stand for the types of SQL; any other type is named as in Swift.
    private static let standardTypes: KeyValuePairs = [
        "bool": "Bool", "int2": "Int16", "int4": "Int32", "int8": "Int64", "float8": "Double", "text": "String",
        "bytea": "[UInt8]", "uuid": "UInt128", "timestamptz": "Timestamp", "interval": "Duration",
        "jsonb": "PostgresJSON",
    ]

    /// The Swift type of one value.
    var swiftName: String
    /// True if the header names it by its type in SQL.
    var isStandard: Bool
    /// True if the value as a whole can be null: `text?`, `int8[]?`.
    var isNullable = false
    var isArray = false
    /// True if an element of the array can be null: `text?[]`.
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
        let standardType = Self.standardTypes.first { $0.key == rest }?.value
        guard let name = standardType ?? (SwiftNames.isTypeName(rest) ? String(rest) : nil),
            !(isNullable && hasNullableElements)
        else { return nil }
        swiftName = name
        isStandard = standardType != nil
    }

    /// The types that a header may name, in words.
    static var choices: String {
        standardTypes.map(\.key).joined(separator: ", ") + " or a Swift type that is a PostgresValue"
    }
}

/// A parameter or a column: a name and a type.
struct Field: Equatable {
    var name: String
    var type: ValueType
    /// The line of the header that declares it.
    var line: Int
}

/// Several parameters that are one property of the statement.
struct ParameterGroup: Equatable {
    /// The name of the property.
    var name: String
    /// The property's type.
    ///
    /// The element of an array is declared with the statement, and its members are sent as one array each. Any other type
    /// is one of the module, and its members are sent as they are.
    var type: ValueType
    /// The members, a parameter each.
    var members: [Field] = []
    /// The number of parameters that the header says.
    var count: Int
    /// The line of the header that declares it.
    var line: Int
}

/// A property of a statement, which is one parameter or several.
enum Parameter: Equatable {
    case value(Field)
    case group(ParameterGroup)

    var name: String {
        switch self {
        case .value(let field): field.name
        case .group(let group): group.name
        }
    }

    var line: Int {
        switch self {
        case .value(let field): field.line
        case .group(let group): group.line
        }
    }

    /// The parameters of the SQL text that it stands for.
    var fields: [Field] {
        switch self {
        case .value(let field): [field]
        case .group(let group): group.members
        }
    }
}

/// A reader of the comment at the top of a statement file, line by line.
///
/// First comes `name: prose`, with more lines of prose; then the parameters, each as `$n name type`, or several as
/// `$n..$m name type: members`; then `rows:`, `uses:` and `plan:`. A list goes on in the next line after a trailing comma.
struct HeaderParser {
    private enum Section: String, CaseIterable {
        case prose, parameters, rows, uses, plan, access

        var isList: Bool { self != .prose && self != .parameters }
    }

    let file: String
    private(set) var name: String?
    private(set) var prose: [String] = []
    private(set) var parameters: [Parameter] = []
    private(set) var columns: [Field] = []
    private(set) var indexes: [String] = []
    private(set) var planHints: [String] = []
    private(set) var isPackage = false
    private var section = Section.prose
    private var isListOpen = false
    private var startsParagraph = false
    /// The group whose members are read.
    private var group: ParameterGroup?

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
        for list in Section.allCases where list.isList && text.hasPrefix(list.rawValue + ":") {
            section = list
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
        try checkUnique(parameters.map { ($0.name, $0.line) }, "parameter")
        try checkUnique(columns.map { ($0.name, $0.line) }, "column")
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
        let number = 1 + parameters.reduce(0) { $0 + $1.fields.count }
        let numbers = text.prefix { $0 != " " }
        let rest = text.dropFirst(numbers.count).trimmed
        if numbers == "$\(number)" {
            return parameters.append(.value(try readField(rest, line: line)))
        }
        guard numbers.hasPrefix("$\(number)..$"), let last = Int(numbers.dropFirst("$\(number)..$".count)) else {
            throw mistake(line, "`\(text)` is out of order", "number the parameters from $1 on; this is $\(number)")
        }
        guard let colon = rest.firstIndex(of: ":") else {
            throw mistake(line, "`\(text)` has no members", "write `\(numbers) <name> <type>: <name> <type>, …`")
        }
        let field = try readField(rest[..<colon].trimmed, line: line)
        guard !field.type.isStandard, !field.type.hasNullableElements,
            field.type.isArray || !field.type.isNullable
        else {
            throw mistake(
                line,
                "the type of `\(field.name)` can't have members",
                "write `<Type>` for a type of the module, and `<Type>[]` or `<Type>[]?` for one that is made here"
            )
        }
        group = ParameterGroup(name: field.name, type: field.type, count: last - number + 1, line: line)
        try readList(rest[rest.index(after: colon)...].trimmed, line: line)
    }

    private mutating func readList(_ text: String, line: Int) throws(Mistake) {
        isListOpen = text.hasSuffix(",")
        let items = text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        if items != ["none"] {
            for item in items {
                switch section {
                case .rows:
                    columns.append(try readField(item, line: line))
                case .uses:
                    indexes.append(item)
                case .plan:
                    planHints.append(item)
                case .access:
                    guard item == "package" else {
                        throw mistake(line, "`\(item)` is no access", "write `access: package`, or nothing")
                    }
                    isPackage = true
                case .parameters:
                    let member = try readField(item, line: line)
                    group?.members.append(member)
                case .prose:
                    break
                }
            }
        }
        if !isListOpen, let group {
            try finish(group)
            self.group = nil
        }
    }

    private mutating func finish(_ group: ParameterGroup) throws(Mistake) {
        guard group.members.count == group.count else {
            let problem = "`\(group.name)` stands for \(group.count) parameters and has \(group.members.count) members"
            throw mistake(group.line, problem, "declare a member for each parameter")
        }
        for member in group.members where group.type.isArray && member.type.isArray {
            throw mistake(member.line, "`\(member.name)` would be an array of arrays", "make it a parameter of its own")
        }
        try checkUnique(group.members.map { ($0.name, $0.line) }, "member")
        parameters.append(.group(group))
    }

    private func readField(_ text: String, line: Int) throws(Mistake) -> Field {
        let words = text.split(separator: " ")
        guard words.count == 2 else {
            throw mistake(line, "`\(text)` is not a name and a type", "write `<name> <type>` and nothing more")
        }
        guard SwiftNames.isSQLName(words[0]) else {
            throw mistake(line, "`\(words[0])` is not a name", "use a-z, 0-9 and single underscores, a letter first")
        }
        guard let type = ValueType(words[1]) else {
            let choices =
                "use one of \(ValueType.choices), and behind it `?` for nullable, `[]` for an array, "
                + "`[]?` for a nullable array, `?[]` for an array with nulls"
            throw mistake(line, "`\(words[1])` is not a known type", choices)
        }
        return Field(name: String(words[0]), type: type, line: line)
    }

    private func checkUnique(_ names: [(name: String, line: Int)], _ kind: String) throws(Mistake) {
        var seen: Set<String> = []
        for (name, line) in names where !seen.insert(name).inserted {
            throw mistake(line, "two \(kind)s are called `\(name)`", "rename one")
        }
    }

    private func mistake(_ line: Int, _ problem: String, _ advice: String) -> Mistake {
        Mistake(file: file, line: line, problem: problem, advice: advice)
    }
}
