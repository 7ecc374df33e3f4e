extension StatementFile {
    /// The name of the Swift type.
    var typeName: String {
        SwiftNames.type(name)
    }

    /// Checks that no other statement has the same name in Swift.
    func checkTypeName(isNew: Bool, in path: String) throws(Mistake) {
        guard isNew else {
            let problem = "another statement is called \(typeName) in Swift, too"
            throw Mistake(file: path, line: 1, problem: problem, advice: "rename one")
        }
    }

    /// The Swift file that declares the statement.
    var swift: String {
        """
        \(SwiftLiterals.head(from: "sql/statements/\(name).sql"))
        import PostgresClient

        \(SwiftLiterals.documentation(prose))struct \(typeName): BundledStatement {
            static let name = \(SwiftLiterals.string(name))
            static let sql = \(SwiftLiterals.multiline(sql, indentation: 4))
            static let parameterTypes: [PostgresType] = \(SwiftLiterals.list(parameters.map(\.type.postgresType)))
            static let columns: [PostgresColumn] = \(SwiftLiterals.tallList(columns.map(column), indentation: 4))
            static let usedIndexes: [String] = \(SwiftLiterals.list(indexes.map(SwiftLiterals.string)))
            static let planHints: [String] = \(SwiftLiterals.list(planHints.map(SwiftLiterals.string)))

        \(properties(parameters, indentation: 4, isSpaced: true))\(row)

            func encode(into parameters: inout ParameterWriter) {\(encodeBody)}

            static func decode(_ row: inout RowReader) throws(PostgresError) -> Row {
                \(decodeBody)
            }
        }

        """
    }

    private func column(_ field: Field) -> String {
        "PostgresColumn(name: \(SwiftLiterals.string(field.name)), type: \(field.type.postgresType))"
    }

    private func properties(_ fields: [Field], indentation: Int, isSpaced: Bool = false) -> String {
        let margin = String(repeating: " ", count: indentation)
        let lines = fields.map { "\(margin)let \(SwiftNames.declared($0.name)): \($0.type.swiftType)\n" }
        return lines.joined() + (isSpaced && !lines.isEmpty ? "\n" : "")
    }

    private var row: String {
        columns.isEmpty
            ? "    struct Row: Sendable {}"
            : "    struct Row: Sendable {\n\(properties(columns, indentation: 8))    }"
    }

    private var encodeBody: String {
        let lines = parameters.map { field in
            // Inside the method, `parameters` is the writer.
            let member = SwiftNames.member(field.name)
            let value = member == "parameters" ? "self.parameters" : SwiftNames.declared(field.name)
            return "        parameters.\(field.type.writeCall(value))\n"
        }
        return lines.isEmpty ? "" : "\n\(lines.joined())    "
    }

    private var decodeBody: String {
        guard !columns.isEmpty else {
            return "Row()"
        }
        let arguments = columns.map { field in
            "            \(SwiftNames.member(field.name)): row.\(field.type.readCall)"
        }
        return "try Row(\n\(arguments.joined(separator: ",\n"))\n        )"
    }
}

/// The list of all statements.
enum StatementList {
    static func swift(_ statements: [StatementFile]) -> String {
        """
        \(SwiftLiterals.head(from: "sql/statements"))
        import PostgresClient

        /// Every statement of the inbox, by name.
        enum BundledStatements {
            static let all: [any BundledStatement.Type] = \(list(statements))
        }

        """
    }

    private static func list(_ statements: [StatementFile]) -> String {
        SwiftLiterals.tallList(statements.map { "\($0.typeName).self" }, indentation: 4)
    }
}

/// How a type of the header is spelled in Swift, sent and read.
extension SQLType {
    /// The Swift type that holds it.
    var swiftType: String {
        let element = base.swiftType + (hasNullableElements ? "?" : "")
        return (isArray ? "[\(element)]" : element) + (isNullable ? "?" : "")
    }

    /// The member of `PostgresType` that names it.
    var postgresType: String {
        ".\(base.rawValue)\(isArray ? "Array" : "")"
    }

    /// The call that sends a value.
    func writeCall(_ value: String) -> String {
        switch (base, isArray) {
        case (.interval, false): "writeInterval(microseconds: \(value))"
        case (.interval, true): "writeIntervals(\(value))"
        case (.timestamptz, false): "writeTimestamp(\(value))"
        case (.timestamptz, true): "writeTimestamps(\(value))"
        case (.jsonb, false): "writeJSONB(\(value))"
        case (.jsonb, true): "writeJSONBs(\(value))"
        default: "write(\(value))"
        }
    }

    /// The call that reads a value.
    var readCall: String {
        let name = base.readerName + (isArray ? "Array" : "")
        let capitalized = name.prefix(1).uppercased() + name.dropFirst()
        return switch (isNullable, hasNullableElements) {
        case (true, _): "optional\(capitalized)()"
        case (_, true): "nullable\(capitalized)()"
        default: "\(name)()"
        }
    }
}

extension SQLType.Base {
    fileprivate var swiftType: String {
        switch self {
        case .bool: "Bool"
        case .int2: "Int16"
        case .int4: "Int32"
        case .int8, .timestamptz, .interval: "Int64"
        case .float8: "Double"
        case .text, .jsonb: "String"
        case .bytea: "[UInt8]"
        case .uuid: "UInt128"
        }
    }

    fileprivate var readerName: String {
        switch self {
        case .float8: "double"
        case .timestamptz: "timestamp"
        default: rawValue
        }
    }
}
