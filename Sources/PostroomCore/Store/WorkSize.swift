/// The size of work in memory: a number of deliveries or jobs, and the bytes of their headers and bodies.
public struct WorkSize: Hashable, Sendable {
    /// The number of deliveries, or jobs.
    public var count: Int
    /// The number of bytes of headers and bodies.
    public var bytes: Int

    /// Names a size.
    public init(count: Int, bytes: Int) {
        self.count = count
        self.bytes = bytes
    }

    /// The size of a delivery.
    public init(of delivery: Delivery) {
        self.init(count: 1, bytes: delivery.headers.wire.count + delivery.body.count)
    }

    /// The size of a verified request.
    public init(of request: IncomingDelivery) {
        self.init(count: 1, bytes: request.headers.wire.count + request.body.count)
    }

    /// The size of deliveries.
    public init(of deliveries: some Sequence<Delivery>) {
        self = deliveries.reduce(into: .zero) { $0 += WorkSize(of: $1) }
    }

    /// The size of verified requests.
    public init(of requests: some Sequence<IncomingDelivery>) {
        self = requests.reduce(into: .zero) { $0 += WorkSize(of: $1) }
    }

    /// Nothing.
    public static let zero = WorkSize(count: 0, bytes: 0)

    /// Both together.
    public static func + (one: WorkSize, other: WorkSize) -> WorkSize {
        WorkSize(count: one.count + other.count, bytes: one.bytes + other.bytes)
    }

    /// The rest of one without the other; negative where there is less.
    public static func - (one: WorkSize, other: WorkSize) -> WorkSize {
        WorkSize(count: one.count - other.count, bytes: one.bytes - other.bytes)
    }

    /// Adds to it.
    public static func += (one: inout WorkSize, other: WorkSize) {
        one = one + other
    }

    /// Takes away from it.
    public static func -= (one: inout WorkSize, other: WorkSize) {
        one = one - other
    }
}
