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
        import PostroomCore

        \(SwiftLiterals.documentation(prose))struct \(typeName): BundledStatement {
            static let name = \(SwiftLiterals.string(name))
            static let sql = \(SwiftLiterals.multiline(sql, indentation: 4))
            static let parameterTypes: [PostgresType] = \(SwiftLiterals.list(parameters.flatMap(\.postgresTypes)))
            static let columns: [PostgresColumn] = \(SwiftLiterals.tallList(columns.map(column), indentation: 4))
            static let usedIndexes: [String] = \(SwiftLiterals.list(indexes.map(SwiftLiterals.string)))
            static let planHints: [String] = \(SwiftLiterals.list(planHints.map(SwiftLiterals.string)))

        \(parameters.isEmpty ? "" : parameters.map(\.property).joined() + "\n")\(parameters.map(\.element).joined())\(row)

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

    private var row: String {
        columns.isEmpty
            ? "    struct Row: Sendable {}"
            : "    struct Row: Sendable {\n\(columns.map { $0.property(indentation: 8) }.joined())    }"
    }

    private var encodeBody: String {
        let lines = parameters.flatMap(\.writeCalls).map { "        parameters.\($0)\n" }
        return lines.isEmpty ? "" : "\n\(lines.joined())    "
    }

    private var decodeBody: String {
        guard !columns.isEmpty else {
            return "Row()"
        }
        let arguments = columns.map { "            \(SwiftNames.member($0.name)): row.read()" }
        return "try Row(\n\(arguments.joined(separator: ",\n"))\n        )"
    }
}

extension ValueType {
    /// The Swift type of the whole value.
    var swiftType: String {
        let element = swiftName + (hasNullableElements ? "?" : "")
        return (isArray ? "[\(element)]" : element) + (isNullable ? "?" : "")
    }

    /// The expression for its type in Postgres.
    var postgresType: String {
        (isArray ? "[\(swiftName)]" : swiftName) + ".postgresType"
    }
}

extension Field {
    /// The line that declares it in Swift.
    fileprivate func property(_ keyword: String = "let", indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        return "\(margin)\(keyword) \(SwiftNames.declared(name)): \(type.swiftType)\n"
    }
}

extension Parameter {
    /// The expressions for the types in Postgres.
    fileprivate var postgresTypes: [String] {
        switch self {
        case .value(let field):
            [field.type.postgresType]
        case .group(let group):
            group.members.map { group.type.isArray ? "[\($0.type.swiftName)].postgresType" : $0.type.postgresType }
        }
    }

    /// The line that declares the property.
    fileprivate var property: String {
        switch self {
        case .value(let field): field.property(indentation: 4)
        case .group(let group): "    let \(SwiftNames.declared(name)): \(group.type.swiftType)\n"
        }
    }

    /// The declaration of an array's element.
    fileprivate var element: String {
        guard case .group(let group) = self, group.type.isArray else { return "" }
        return """
                /// An element of ``\(SwiftNames.member(name))``.
                struct \(group.type.swiftName): Sendable {
            \(group.members.map { $0.property("var", indentation: 8) }.joined())    }


            """
    }

    /// The calls that write the parameters.
    fileprivate var writeCalls: [String] {
        // Inside the method, `parameters` is the writer.
        let property = name == "parameters" ? "self.parameters" : SwiftNames.declared(name)
        guard case .group(let group) = self else { return ["write(\(property))"] }
        return group.members.map { member in
            group.type.isArray
                ? "write(\(property)) { $0.\(SwiftNames.member(member.name)) }"
                : "write(\(property).\(SwiftNames.member(member.name)) as \(member.type.swiftType))"
        }
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
