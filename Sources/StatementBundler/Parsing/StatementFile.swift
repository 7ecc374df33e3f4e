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
