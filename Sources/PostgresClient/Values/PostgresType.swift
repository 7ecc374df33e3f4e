/// A type of Postgres, by its object identifier.
@usableFromInline
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The object identifier in `pg_type`.
    @usableFromInline package let rawValue: UInt32

    /// Makes a type of an object identifier.
    ///
    /// - Parameter rawValue: The object identifier in `pg_type`.
    @inlinable package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

extension PostgresType {
    /// `boolean`.
    package static let bool = PostgresType(rawValue: 16)
    /// `"char"`, one byte.
    package static let char = PostgresType(rawValue: 18)
    /// `bytea`.
    package static let bytea = PostgresType(rawValue: 17)
    /// `name`, the type of identifiers in the catalogue.
    package static let name = PostgresType(rawValue: 19)
    /// `bigint`.
    package static let int8 = PostgresType(rawValue: 20)
    /// `smallint`.
    package static let int2 = PostgresType(rawValue: 21)
    /// `integer`.
    package static let int4 = PostgresType(rawValue: 23)
    /// `text`.
    package static let text = PostgresType(rawValue: 25)
    /// `double precision`.
    package static let float8 = PostgresType(rawValue: 701)
    /// `varchar`.
    package static let varchar = PostgresType(rawValue: 1043)
    /// `timestamp with time zone`.
    package static let timestamptz = PostgresType(rawValue: 1184)
    /// `interval`.
    package static let interval = PostgresType(rawValue: 1186)
    /// `void`, the result of a function without one.
    package static let void = PostgresType(rawValue: 2278)
    /// `uuid`.
    package static let uuid = PostgresType(rawValue: 2950)
    /// `jsonb`.
    package static let jsonb = PostgresType(rawValue: 3802)

    /// `boolean[]`.
    package static let boolArray = PostgresType(rawValue: 1000)
    /// `bytea[]`.
    package static let byteaArray = PostgresType(rawValue: 1001)
    /// `smallint[]`.
    package static let int2Array = PostgresType(rawValue: 1005)
    /// `integer[]`.
    package static let int4Array = PostgresType(rawValue: 1007)
    /// `text[]`.
    package static let textArray = PostgresType(rawValue: 1009)
    /// `bigint[]`.
    package static let int8Array = PostgresType(rawValue: 1016)
    /// `double precision[]`.
    package static let float8Array = PostgresType(rawValue: 1022)
    /// `timestamp with time zone[]`.
    package static let timestamptzArray = PostgresType(rawValue: 1185)
    /// `interval[]`.
    package static let intervalArray = PostgresType(rawValue: 1187)
    /// `uuid[]`.
    package static let uuidArray = PostgresType(rawValue: 2951)
    /// `jsonb[]`.
    package static let jsonbArray = PostgresType(rawValue: 3807)
}

extension PostgresType: CustomStringConvertible {
    private static let names: [PostgresType: String] = [
        .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4",
        .text: "text",
        .float8: "float8", .varchar: "varchar", .timestamptz: "timestamptz", .interval: "interval", .void: "void",
        .uuid: "uuid", .jsonb: "jsonb", .boolArray: "bool[]", .byteaArray: "bytea[]", .int2Array: "int2[]",
        .int4Array: "int4[]", .textArray: "text[]", .int8Array: "int8[]", .float8Array: "float8[]",
        .timestamptzArray: "timestamptz[]", .intervalArray: "interval[]", .uuidArray: "uuid[]", .jsonbArray: "jsonb[]",
    ]

    /// Text-like types that have the binary form of `text`: name, json, bpchar, varchar.
    private static let textLike: Set<UInt32> = [19, 25, 114, 1042, 1043]
    /// Arrays of them.
    private static let textLikeArrays: Set<UInt32> = [199, 1003, 1009, 1014, 1015]

    /// The type of an array of such values.
    ///
    /// Postgres has none for arrays of arrays.
    @usableFromInline package var array: PostgresType {
        switch self {
        case .bool: .boolArray
        case .bytea: .byteaArray
        case .int2: .int2Array
        case .int4: .int4Array
        case .int8: .int8Array
        case .text: .textArray
        case .float8: .float8Array
        case .timestamptz: .timestamptzArray
        case .interval: .intervalArray
        case .uuid: .uuidArray
        case .jsonb: .jsonbArray
        default: preconditionFailure("there is no type for arrays of \(self) here")
        }
    }

    /// The type's name, or its object identifier where the name is not known here.
    @usableFromInline package var description: String { Self.names[self] ?? "type \(rawValue)" }

    /// Tells whether values of `other` have the binary form of this type, so that one may stand for the other.
    func reads(_ other: PostgresType) -> Bool {
        self == other
            || Self.textLike.contains(rawValue) && Self.textLike.contains(other.rawValue)
            || Self.textLikeArrays.contains(rawValue) && Self.textLikeArrays.contains(other.rawValue)
    }

    /// True if the type has a name here; of other types (enums, extensions) nothing is checked.
    var isKnown: Bool { Self.names[self] != nil }
}

/// A column of a statement's result.
@usableFromInline
package struct PostgresColumn: Hashable, Sendable {
    /// The name, for error texts.
    package let name: String
    /// The type.
    package let type: PostgresType

    /// Makes a column.
    ///
    /// - Parameters:
    ///   - name: The name, for error texts.
    ///   - type: The type.
    package init(name: String, type: PostgresType) {
        self.name = name
        self.type = type
    }
}
