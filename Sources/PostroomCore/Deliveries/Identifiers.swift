/// The identity of a batch: deliveries that were committed together and are claimed together.
public struct BatchID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number of the batch, drawn from one sequence.
    public let rawValue: Int64

    /// Wraps a number that the inbox gave out.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Orders batches by their number, which is nearly the order of their arrival.
    public static func < (left: BatchID, right: BatchID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The identity of a delivery: `batch × 256 + ordinal`, so that a batch needs no list of its deliveries.
public struct DeliveryID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The most deliveries that one batch can hold.
    public static let deliveriesPerBatch = 256

    /// The number as it stands in the database, in answers and in commands.
    public let rawValue: Int64

    /// Wraps a number that the inbox gave out.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The delivery at a place in a batch.
    ///
    /// - Parameters:
    ///   - batch: The batch that holds the delivery.
    ///   - ordinal: The place in the batch, 0 to 255.
    public init(batch: BatchID, ordinal: UInt8) {
        self.rawValue = batch.rawValue * Int64(Self.deliveriesPerBatch) + Int64(ordinal)
    }

    /// The batch that the delivery was committed in.
    public var batch: BatchID {
        BatchID(rawValue: rawValue >> 8)
    }

    /// The place in its batch, 0 to 255.
    public var ordinal: UInt8 {
        UInt8(truncatingIfNeeded: rawValue)
    }

    /// The number in decimal.
    public var description: String {
        String(rawValue)
    }

    /// Orders deliveries by their number, which is nearly the order of their arrival.
    public static func < (left: DeliveryID, right: DeliveryID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The name of an endpoint, as it stands in the URL: `POST /hooks/{endpoint}`.
///
/// Names are equal where their bytes are, as in the database.
public struct EndpointName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as configured.
    public let rawValue: String

    /// Wraps a configured name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Wraps a name that is written in code.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The name.
    public var description: String {
        rawValue
    }

    /// Compares names byte by byte.
    public static func == (left: EndpointName, right: EndpointName) -> Bool {
        left.rawValue.hasSameBytes(as: right.rawValue)
    }

    /// Hashes the bytes of the name.
    public func hash(into hasher: inout Hasher) {
        rawValue.hashBytes(into: &hasher)
    }
}

/// The name under which the database knows a handler.
///
/// It outlives the code: under another name a handler is a new one, unless the program says what it was called formerly.
/// Names are equal where their bytes are, as in the database: two spellings of one letter are two names, which for a
/// `String` they are not.
public struct HandlerName: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The name as registered, for example `crm.sync`.
    public let rawValue: String

    /// Wraps a name that the database holds.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Wraps a name that is written in code.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The name.
    public var description: String {
        rawValue
    }

    /// Compares names byte by byte.
    public static func == (left: HandlerName, right: HandlerName) -> Bool {
        left.rawValue.hasSameBytes(as: right.rawValue)
    }

    /// Hashes the bytes of the name.
    public func hash(into hasher: inout Hasher) {
        rawValue.hashBytes(into: &hasher)
    }

    /// Orders handlers by the bytes of their names.
    public static func < (left: HandlerName, right: HandlerName) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension String {
    /// Tells whether two texts are the same as the database sees them, and not just the same to a reader.
    package func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var one = self
        var two = other
        return one.withUTF8 { one in two.withUTF8 { two in one.elementsEqual(two) } }
    }

    /// Hashes the bytes, so that texts which only look the same differ.
    package func hashBytes(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
