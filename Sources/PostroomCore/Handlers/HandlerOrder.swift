/// The order of a handler's jobs by key.
///
/// The key is the event's ordering key by the rules of its source, or what the handler computes. Events without a key have no
/// order.
public struct HandlerOrder: Hashable, Sendable {
    /// The consequence of a dead letter for the later jobs of its key.
    public enum DeadLetterRule: Hashable, Sendable {
        /// They wait until the letter is replayed or discarded, or its key released.
        case park
        /// They go on.
        case goOn
    }

    /// The rule in the form that the database keeps.
    package enum Rule: String, Sendable {
        case byKey = "by-key"
        case byKeyParking = "by-key-parking"
        case newest
    }

    package let rule: Rule

    /// Jobs of one key run one after the other in the order in which their deliveries were accepted, and a dead letter parks
    /// its key.
    public static let byKey = HandlerOrder(rule: .byKeyParking)

    /// Jobs of one key run one after the other in the order in which their deliveries were accepted.
    ///
    /// A job that fails holds the later ones of its key back until its last attempt.
    ///
    /// - Parameter rule: The consequence of a dead letter for the later jobs of its key.
    /// - Returns: The order.
    public static func byKey(whenDead rule: DeadLetterRule) -> HandlerOrder {
        HandlerOrder(rule: rule == .park ? .byKeyParking : .byKey)
    }

    /// Of the jobs of one key that wait, only the newest by the producer's clock runs; the others end as superseded, and so
    /// does every older one that comes later.
    ///
    /// It fits events that carry a whole state: an older state is never written over a newer one. An event without a time
    /// counts from its acceptance.
    public static let newest = HandlerOrder(rule: .newest)
}

/// The place of a job among those of its key.
package struct OrderPlace: Hashable, Sendable {
    /// The key, fit to be stored.
    package let key: String
    /// The position: the delivery's number, or the time of its event.
    package let position: Int64

    /// The most bytes of a key that are kept as they are.
    private static let longestKey = 200

    /// Names a place.
    ///
    /// - Parameters:
    ///   - key: The key; one that is too long, or that Postgres can't store, is replaced by its beginning and its hash.
    ///   - position: The position.
    package init(key: String, position: Int64) {
        self.key = Self.storable(key)
        self.position = position
    }

    private static func storable(_ key: String) -> String {
        guard key.utf8.count > longestKey || key.utf8.contains(0) else { return key }
        // Keys that share a hash are ordered together, which does no harm.
        var hashes: (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4)
        for byte in key.utf8 {
            hashes.0 = (hashes.0 ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            hashes.1 = (hashes.1 &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
        }
        let beginning = key.unicodeScalars.prefix(24).map { $0.value == 0 ? " " : String($0) }.joined()
        return beginning + "…" + String(hashes.0, radix: 16) + String(hashes.1, radix: 16)
    }
}

/// The place of a job in the order of its handler, as far as it is known.
package enum JobOrder: Hashable, Sendable {
    /// It has none: its handler is not ordered, or its event has no key.
    case none
    /// Its key was read.
    case place(OrderPlace)
    /// Nobody has read its key yet: the worker that wrote it does not have the handler, or a replay did.
    case unknown

    /// The place, where it is known.
    package var place: OrderPlace? {
        if case .place(let place) = self { place } else { nil }
    }
}

extension HandlerOrder {
    /// Finds the place of an event's job.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - decoded: The value that the handler's decoder made, where there is one.
    ///   - key: Computes the key; `nil` where the handler has none of its own.
    /// - Returns: The place, or none for an event without a key.
    func place(of event: Event, _ decoded: (any Sendable)?, key: RegisteredHandler.OrderingKey?) -> JobOrder {
        let details = event.details
        let found: String?
        if let key {
            // A body that does not fit the handler's type has no key, and dies of that in its attempt.
            found = try? key(event, decoded)
        } else {
            found = details.orderingKey
        }
        guard let found else { return .none }
        let position =
            switch rule {
            case .byKey, .byKeyParking: event.delivery.id.rawValue
            case .newest: (details.occurredAt.map { Timestamp($0) } ?? event.delivery.receivedAt).rawValue
            }
        return .place(OrderPlace(key: found, position: position))
    }
}
