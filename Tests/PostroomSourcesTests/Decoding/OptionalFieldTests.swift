import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// Changes one place after the other in a sample of every event type.
@Suite("Optional fields")
struct OptionalFieldTests {
    /// The places that say which object an event is about and what it is: nothing else may keep it from its handler.
    private static let identity: [Source: Set<String>] = [
        .wacht: [
            "type", "data", "data.id", "data.entity_id", "data.user_id", "data.thread_id", "data.data", "data.data.id",
            "data.data.message_type", "data.data.event_label",
        ],
        .anthropic: [
            "id", "data", "data.id", "data.session_thread_id", "data.vault_id", "data.enforcement_action_id",
        ],
        .wakit: ["data", "data.id", "data.address"],
        .dynamic: [
            "data.id", "data.walletId", "data.flowId", "data.businessAccountId", "data.accountId",
        ],
        .nyuchi: [
            "id", "data", "data.user_id", "data.project_id", "data.report_id", "data.connector_id",
        ],
    ]

    private static let misfits = ["null", "true", "1e400", #""x""#, #"[null,"x"]"#, #"{"a":1}"#].map { Array($0.utf8) }

    /// A body with one place changed.
    private struct Change {
        let path: String
        let body: JSONTree
    }

    /// Every way to change one place inside a value: to leave it out, and to put something else there.
    private static func changes(of value: JSONTree, at path: String) -> [Change] {
        switch value {
        case .object(let members):
            return members.indices.flatMap { index in
                let name = members[index].name
                let place = path.isEmpty ? name : "\(path).\(name)"
                var others = members
                others.remove(at: index)
                let inside = replacements(of: members[index].value, at: place)
                    .map { change in
                        var members = members
                        members[index].value = change.body
                        return Change(path: change.path, body: .object(members))
                    }
                return [Change(path: place, body: .object(others))] + inside
            }
        case .array(let elements):
            return elements.indices.flatMap { index in
                replacements(of: elements[index], at: "\(path)[\(index)]")
                    .map { change in
                        var elements = elements
                        elements[index] = change.body
                        return Change(path: change.path, body: .array(elements))
                    }
            }
        case .scalar:
            return []
        }
    }

    private static func replacements(of value: JSONTree, at path: String) -> [Change] {
        misfits.map { Change(path: path, body: .scalar($0)) } + changes(of: value, at: path)
    }

    /// The changes of a type's samples, one sample of each kind of content.
    ///
    /// Samples with the same fields as an earlier one, of whatever type, are read by the same code and left out.
    private static func changes(_ source: Source, _ type: String, _ shapes: inout Set<[String]>) throws -> [Change] {
        var found: [Change] = []
        for index in UInt64(0)..<14 {
            let made = SampleDeliveries(seed: 1).sample(source, type, index: index, now: unix(1_773_568_800))
            let sample = JSONTree(try JSONObject(checking: try #require(made).body, limits: .deepEnvelope))
            if shapes.insert(names(of: sample)).inserted {
                found += changes(of: sample, at: "")
            }
        }
        return found
    }

    private static func names(of value: JSONTree) -> [String] {
        switch value {
        case .object(let members): members.flatMap { [$0.name] + names(of: $0.value) }
        case .array(let elements): elements.flatMap(names)
        case .scalar: []
        }
    }

    @Test(
        "whatever stands in a field, or none, the event reaches its handler, and what is odd is named where it stands",
        arguments: [Source.wacht, .anthropic, .wakit, .dynamic, .nyuchi]
    )
    func misfit(_ source: Source) throws {
        let identity = try #require(Self.identity[source])
        var odd = 0
        var shapes: Set<[String]> = []
        for entry in SourceRegistry.builtIn.events(of: source) {
            for change in try Self.changes(source, entry.eventType, &shapes) {
                let body = String(decoding: change.body.bytes, as: UTF8.self)
                let event = event(source, body, eventType: entry.eventType)
                do {
                    let oddities = try entry.swiftType.init(decoding: event).oddities
                    odd += oddities.count
                    #expect(oddities.allSatisfy { $0.path.hasPrefix(change.path) }, "\(oddities) of \(body)")
                } catch let misfit as UndecodableEvent {
                    #expect(identity.contains(change.path), "\(misfit) of \(body)")
                }
            }
        }
        #expect(odd > 30)
    }
}
