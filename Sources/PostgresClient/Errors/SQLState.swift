/// A five-character error code of Postgres; an open value, matched by code or by class.
///
/// A code that ends in `000` names its class and matches every code of it in a `switch` or with `~=`:
/// `.integrityConstraintViolation` (23000) matches `.uniqueViolation` (23505).
public struct SQLState: RawRepresentable, Hashable, Sendable {
    /// The five characters.
    public let rawValue: String

    /// Makes a code of its characters.
    ///
    /// - Parameter rawValue: The five characters.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// Matches equal codes, and every code of a class.
    ///
    /// - Parameters:
    ///   - pattern: A code or a class.
    ///   - value: The code to match.
    /// - Returns: Whether the code is the pattern or of its class.
    public static func ~= (pattern: SQLState, value: SQLState) -> Bool {
        if pattern == value { return true }
        return pattern.rawValue.hasSuffix("000") && value.rawValue.hasPrefix(pattern.rawValue.prefix(2))
    }

    /// Matches equal codes, and every code of a class; never the absence of a code.
    ///
    /// - Parameters:
    ///   - pattern: A code or a class.
    ///   - value: The code to match.
    /// - Returns: Whether there is a code, and it is the pattern or of its class.
    public static func ~= (pattern: SQLState, value: SQLState?) -> Bool {
        guard let value else { return false }
        return pattern ~= value
    }
}

extension SQLState: CustomStringConvertible {
    /// The five characters.
    public var description: String { rawValue }
}

// Classes.
extension SQLState {
    /// Class 08: the connection.
    public static let connectionException = SQLState("08000")
    /// Class 22: a value that does not fit.
    public static let dataException = SQLState("22000")
    /// Class 23: a constraint.
    public static let integrityConstraintViolation = SQLState("23000")
    /// Class 28: who may connect.
    public static let invalidAuthorization = SQLState("28000")
    /// Class 40: the server rolled the transaction back.
    public static let transactionRollback = SQLState("40000")
    /// Class 42: the statement's text, or who may run it.
    public static let syntaxErrorOrAccessRuleViolation = SQLState("42000")
    /// Class 53: memory, disk, connections.
    public static let insufficientResources = SQLState("53000")
    /// Class 57: an operator or a timeout.
    public static let operatorIntervention = SQLState("57000")
    /// Class 58: the system under the server.
    public static let systemError = SQLState("58000")
}

// Codes.
extension SQLState {
    /// The plan of a prepared statement no longer fits the tables; also what is not supported at all.
    public static let featureNotSupported = SQLState("0A000")
    /// Text that is not in the server's encoding, such as a NUL character.
    public static let characterNotInRepertoire = SQLState("22021")
    /// A NULL where none may be.
    public static let notNullViolation = SQLState("23502")
    /// A reference to a row that is not there.
    public static let foreignKeyViolation = SQLState("23503")
    /// A second row with a unique key.
    public static let uniqueViolation = SQLState("23505")
    /// A row that a CHECK refuses.
    public static let checkViolation = SQLState("23514")
    /// A write on a standby, or in a read-only transaction.
    public static let readOnlySQLTransaction = SQLState("25006")
    /// A prepared statement the server does not know.
    public static let invalidSQLStatementName = SQLState("26000")
    /// A wrong password.
    public static let invalidPassword = SQLState("28P01")
    /// A database that does not exist.
    public static let invalidCatalogName = SQLState("3D000")
    /// A schema that does not exist.
    public static let invalidSchemaName = SQLState("3F000")
    /// Concurrent transactions that cannot be put in an order.
    public static let serializationFailure = SQLState("40001")
    /// A deadlock, of which this transaction was the victim.
    public static let deadlockDetected = SQLState("40P01")
    /// A statement that does not parse.
    public static let syntaxError = SQLState("42601")
    /// A right that the role does not have.
    public static let insufficientPrivilege = SQLState("42501")
    /// A column that does not exist.
    public static let undefinedColumn = SQLState("42703")
    /// A function that does not exist.
    public static let undefinedFunction = SQLState("42883")
    /// A table that does not exist.
    public static let undefinedTable = SQLState("42P01")
    /// A table that exists already.
    public static let duplicateTable = SQLState("42P07")
    /// A full disk.
    public static let diskFull = SQLState("53100")
    /// No memory left on the server.
    public static let outOfMemory = SQLState("53200")
    /// No connection left on the server.
    public static let tooManyConnections = SQLState("53300")
    /// A lock not granted within `lock_timeout`, or with NOWAIT.
    public static let lockNotAvailable = SQLState("55P03")
    /// A statement cancelled, by `statement_timeout` or by a person.
    public static let queryCanceled = SQLState("57014")
    /// The server shuts down, or the connection was terminated.
    public static let adminShutdown = SQLState("57P01")
    /// The server crashed, or was stopped at once.
    public static let crashShutdown = SQLState("57P02")
    /// The server is starting, stopping or recovering.
    public static let cannotConnectNow = SQLState("57P03")
    /// An exception raised by a function without a code of its own.
    public static let raiseException = SQLState("P0001")
}
