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
