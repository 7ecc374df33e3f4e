/// A five-character error code of Postgres; an open value, matched by code or by class.
///
/// A code that ends in `000` names its class and matches every code of it in a `switch` or with `~=`:
/// `.integrityConstraintViolation` (23000) matches `.uniqueViolation` (23505).
package struct SQLState: RawRepresentable, Hashable, Sendable {
    /// The five characters.
    package let rawValue: String

    /// Makes a code of its characters.
    ///
    /// - Parameter rawValue: The five characters.
    package init(rawValue: String) {
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
    /// - Returns: True if the code is the pattern or of its class.
    package static func ~= (pattern: SQLState, value: SQLState) -> Bool {
        if pattern == value { return true }
        return pattern.rawValue.hasSuffix("000") && value.rawValue.hasPrefix(pattern.rawValue.prefix(2))
    }

    /// Matches equal codes, and every code of a class; never the absence of a code.
    ///
    /// - Parameters:
    ///   - pattern: A code or a class.
    ///   - value: The code to match.
    /// - Returns: True if there is a code, and it is the pattern or of its class.
    package static func ~= (pattern: SQLState, value: SQLState?) -> Bool {
        guard let value else { return false }
        return pattern ~= value
    }
}

extension SQLState: CustomStringConvertible {
    /// The five characters.
    package var description: String { rawValue }
}

// Classes.
extension SQLState {
    /// Class 08: the connection.
    package static let connectionException = SQLState("08000")
    /// Class 22: a value that does not fit.
    package static let dataException = SQLState("22000")
    /// Class 23: a constraint.
    package static let integrityConstraintViolation = SQLState("23000")
    /// Class 28: who may connect.
    package static let invalidAuthorization = SQLState("28000")
    /// Class 40: the server rolled the transaction back.
    package static let transactionRollback = SQLState("40000")
    /// Class 42: the statement's text, or the right to run it.
    package static let syntaxErrorOrAccessRuleViolation = SQLState("42000")
    /// Class 53: memory, disk, connections.
    package static let insufficientResources = SQLState("53000")
    /// Class 57: an operator or a timeout.
    package static let operatorIntervention = SQLState("57000")
    /// Class 58: the system under the server.
    package static let systemError = SQLState("58000")
}

// Codes.
extension SQLState {
    /// The plan of a prepared statement no longer fits the tables; also what is not supported at all.
    package static let featureNotSupported = SQLState("0A000")
    /// Text that is not in the server's encoding, such as a NUL character.
    package static let characterNotInRepertoire = SQLState("22021")
    /// A NULL where none may be.
    package static let notNullViolation = SQLState("23502")
    /// A reference to a row that is not there.
    package static let foreignKeyViolation = SQLState("23503")
    /// A second row with a unique key.
    package static let uniqueViolation = SQLState("23505")
    /// A row that a CHECK refuses.
    package static let checkViolation = SQLState("23514")
    /// A write on a standby, or in a read-only transaction.
    package static let readOnlySQLTransaction = SQLState("25006")
    /// A prepared statement the server does not know.
    package static let invalidSQLStatementName = SQLState("26000")
    /// A wrong password.
    package static let invalidPassword = SQLState("28P01")
    /// A database that does not exist.
    package static let invalidCatalogName = SQLState("3D000")
    /// A schema that does not exist.
    package static let invalidSchemaName = SQLState("3F000")
    /// Concurrent transactions that cannot be put in an order.
    package static let serializationFailure = SQLState("40001")
    /// A deadlock, of which this transaction was the victim.
    package static let deadlockDetected = SQLState("40P01")
    /// A statement that does not parse.
    package static let syntaxError = SQLState("42601")
    /// A right that the role does not have.
    package static let insufficientPrivilege = SQLState("42501")
    /// A column that does not exist.
    package static let undefinedColumn = SQLState("42703")
    /// A function that does not exist.
    package static let undefinedFunction = SQLState("42883")
    /// A table that does not exist.
    package static let undefinedTable = SQLState("42P01")
    /// A table that exists already.
    package static let duplicateTable = SQLState("42P07")
    /// A full disk.
    package static let diskFull = SQLState("53100")
    /// No memory left on the server.
    package static let outOfMemory = SQLState("53200")
    /// No connection left on the server.
    package static let tooManyConnections = SQLState("53300")
    /// A lock not granted within `lock_timeout`, or with NOWAIT.
    package static let lockNotAvailable = SQLState("55P03")
    /// A statement cancelled, by `statement_timeout` or by a person.
    package static let queryCanceled = SQLState("57014")
    /// The server shuts down, or the connection was terminated.
    package static let adminShutdown = SQLState("57P01")
    /// The server crashed, or was stopped at once.
    package static let crashShutdown = SQLState("57P02")
    /// The server is starting, stopping or recovering.
    package static let cannotConnectNow = SQLState("57P03")
    /// An exception raised by a function without a code of its own.
    package static let raiseException = SQLState("P0001")
}
