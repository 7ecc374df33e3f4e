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
        \(access)import PostgresClient
        \(namesDomainTypes ? access : "")import PostroomCore

        \(SwiftLiterals.documentation(prose))\(access)struct \(typeName): BundledStatement {
            \(access)static let name = \(SwiftLiterals.string(name))
            \(access)static let sql = \(SwiftLiterals.multiline(sql, indentation: 4))
            \(access)static let parameterTypes: [PostgresType] = \(SwiftLiterals.list(parameters.flatMap(\.postgresTypes)))
            \(access)static let columns: [PostgresColumn] = \(SwiftLiterals.tallList(columns.map(column), indentation: 4))
            \(access)static let usedIndexes: [String] = \(SwiftLiterals.list(indexes.map(SwiftLiterals.string)))
            \(access)static let planHints: [String] = \(SwiftLiterals.list(planHints.map(SwiftLiterals.string)))

        \(properties)\(parameters.map { $0.element(access) }.joined())\(row)

            \(access)func encode(into parameters: inout ParameterWriter) {\(encodeBody)}

            \(access)static func decode(_ row: inout RowReader) throws(PostgresError) -> Row {
                \(decodeBody)
            }
        }

        """
    }

    /// The access modifier of every declaration.
    private var access: String {
        isPackage ? "package " : ""
    }

    /// True if a declaration names a type of PostroomCore.
    private var namesDomainTypes: Bool {
        (parameters.flatMap(\.fields) + columns).contains { !$0.type.isStandard || $0.type.swiftName == "Timestamp" }
    }

    private func column(_ field: Field) -> String {
        "PostgresColumn(name: \(SwiftLiterals.string(field.name)), type: \(field.type.postgresType))"
    }

    /// The properties, and the initializer where other modules call it.
    private var properties: String {
        let initializer =
            isPackage ? SwiftLiterals.initializer(of: parameters.map(\.member), indentation: 4) + "\n" : ""
        let lines = parameters.map { $0.member.property(access, indentation: 4) }.joined()
        return parameters.isEmpty ? initializer : lines + "\n" + initializer
    }

    private var row: String {
        columns.isEmpty
            ? "    \(access)struct Row: Sendable {}"
            : "    \(access)struct Row: Sendable {\n\(columns.map { $0.property(access, indentation: 8) }.joined())    }"
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
    fileprivate func property(_ access: String, _ keyword: String = "let", indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        return "\(margin)\(access)\(keyword) \(SwiftNames.declared(name)): \(type.swiftType)\n"
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

    /// The property of the statement.
    fileprivate var member: Field {
        switch self {
        case .value(let field): field
        case .group(let group): Field(name: name, type: group.type, line: group.line)
        }
    }

    /// The declaration of an array's element.
    fileprivate func element(_ access: String) -> String {
        guard case .group(let group) = self, group.type.isArray else { return "" }
        let initializer = access.isEmpty ? "" : "\n" + SwiftLiterals.initializer(of: group.members, indentation: 8)
        return """
                /// An element of ``\(SwiftNames.member(name))``.
                \(access)struct \(group.type.swiftName): Sendable {
            \(group.members.map { $0.property(access, "var", indentation: 8) }.joined())\(initializer)    }


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

extension SwiftLiterals {
    /// An initializer for the whole package that takes a value for each property.
    fileprivate static func initializer(of properties: [Field], indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        let parameters = properties.map { "\(SwiftNames.member($0.name)): \($0.type.swiftType)" }
        let assignments = properties.map { field in
            "\(margin)    self.\(SwiftNames.member(field.name)) = \(SwiftNames.declared(field.name))\n"
        }
        let body = assignments.isEmpty ? "{}" : "{\n\(assignments.joined())\(margin)}"
        return "\(margin)package init(\(parameters.joined(separator: ", "))) \(body)\n"
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
