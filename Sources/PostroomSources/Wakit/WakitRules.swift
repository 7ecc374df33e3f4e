import FoundationEssentials
import PostroomCore

/// The rules that identify wakit's deliveries: it sends no key, so one is made of the row.
///
/// An insert happens once for a row. Everything else is told apart by the body too: two updates of one transaction share
/// their `updated_at`.
struct WakitRules: SourceRules {
    let source = Source.wakit

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let envelope = WakitEnvelope(lenient: body)
        return DeliveryIdentity(type: envelope?.type, key: envelope.flatMap { Self.key($0, body) }, body: body)
    }

    private static func key(_ envelope: WakitEnvelope, _ body: [UInt8]) -> String? {
        guard let entity = envelope.entity, let action = envelope.action, let primaryKey = envelope.primaryKey,
            !entity.isEmpty, !action.isEmpty, !primaryKey.isEmpty
        else { return nil }
        let key = "\(entity):\(action):\(primaryKey)"
        return action == "insert" ? key : "\(key):\(IdentityText.digest(body).dropFirst("sha256:".count))"
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        WakitEnvelope.unreadableReason(of: body)
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = WakitEnvelope(lenient: delivery.body) else { return EventDetails() }
        return EventDetails(
            occurredAt: envelope.row.flatMap { Self.occurredAt($0, envelope.action) },
            orderingKey: envelope.entity.flatMap { IdentityText.orderingKey($0, envelope.primaryKey) }
        )
    }

    /// A message's own time on insert; the newest change on update.
    private static func occurredAt(_ row: JSONObject, _ action: String?) -> Date? {
        func date(_ name: String) -> Date? {
            row[name].flatMap(LenientDate.parse)
        }
        if action == "insert" {
            return date("timestamp") ?? date("created_at")
        }
        let statusDates = row["status"]?.object?.entries.compactMap { LenientDate.parse($0.value) }
        return date("updated_at") ?? statusDates?.max()
    }
}
