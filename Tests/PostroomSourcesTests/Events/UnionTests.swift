import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// A union of events, with what its declaration must agree to.
private struct Union: CustomTestStringConvertible {
    let type: any WebhookEvent.Type
    let source: Source

    init<Event: WebhookEvent>(_ type: Event.Type) {
        self.type = type
        self.source = type.source
    }

    var testDescription: String {
        "\(source) \(type)"
    }

    static let whole = [
        Union(Wacht.AnyEvent.self), Union(Anthropic.AnyEvent.self), Union(Wakit.AnyEvent.self),
        Union(Dynamic.AnyEvent.self), Union(Nyuchi.AnyEvent.self),
    ]

    static let groups = [
        Union(Wacht.UserChanged.self), Union(Wacht.UserAddressChanged.self), Union(Wacht.SessionEnded.self),
        Union(Wacht.OrganizationChanged.self), Union(Wacht.OrganizationMemberChanged.self),
        Union(Wacht.WorkspaceChanged.self), Union(Wacht.WorkspaceMemberChanged.self),
        Union(Wacht.AgentExecutionEnded.self), Union(Anthropic.SessionBecameIdle.self),
        Union(Anthropic.SessionBeganToRun.self), Union(Anthropic.SessionEnded.self),
        Union(Anthropic.DeploymentRunEnded.self), Union(Anthropic.VaultCredentialChanged.self),
        Union(Wakit.MessageChanged.self), Union(Wakit.ConversationChanged.self), Union(Wakit.ContactChanged.self),
        Union(Wakit.ContactAddressChanged.self), Union(Wakit.OrganizationAddressChanged.self),
        Union(Dynamic.UserSocialChanged.self), Union(Dynamic.WalletChanged.self), Union(Dynamic.WalletSigned.self),
        Union(Dynamic.AddressScreened.self),
        Union(Dynamic.BusinessAccountChanged.self), Union(Dynamic.FlowChanged.self), Union(Nyuchi.UserChanged.self),
    ]
}

/// The event in a union's case, and the name of the case.
private func payload(of union: any WebhookEvent) -> (name: String, event: Any)? {
    Mirror(reflecting: union).children.first.flatMap { child in child.label.map { ($0, child.value) } }
}

/// A sample of an event type, as a handler would receive it.
private func sampleEvent(_ source: Source, _ type: String) throws -> Event {
    let now = Date(timeIntervalSince1970: 1_773_568_800)
    let sample = try #require(SampleDeliveries(seed: 1).sample(source, type, index: 3, now: now))
    return event(source, String(decoding: sample.body, as: UTF8.self))
}

@Suite("Unions of events")
struct UnionTests {
    @Test("the union of a source decodes each event type into its own case", arguments: Union.whole)
    fileprivate func wholeSource(_ union: Union) throws {
        var names: Set<String> = []
        for entry in SourceRegistry.builtIn.events(of: union.source) {
            let event = try sampleEvent(union.source, entry.eventType)
            let decoded = try union.type.init(decoding: event)
            let member = try #require(payload(of: decoded))
            #expect(type(of: member.event) == entry.swiftType)
            #expect(member.name.lowercased() == entry.swiftName.split(separator: ".").last?.lowercased())
            #expect(names.insert(member.name).inserted)
            let direct = try entry.swiftType.init(decoding: event)
            #expect(decoded.oddities == direct.oddities)
            #expect((member.event as? AnyHashable) == (direct as? AnyHashable))
        }
        #expect(names.count == SourceRegistry.builtIn.events(of: union.source).count)
    }

    @Test(
        "the union of a source takes types that it does not know, and deliveries without a type",
        arguments: Union.whole
    )
    fileprivate func unknown(_ union: Union) throws {
        for type in ["brand.new", nil] as [String?] {
            let delivery = Delivery(
                id: DeliveryID(rawValue: 1),
                endpoint: "test",
                source: union.source,
                eventType: type,
                idempotencyKey: "k",
                receivedAt: Timestamp(rawValue: 0),
                headers: Headers(),
                body: Array("no JSON".utf8)
            )
            let decoded = try union.type.init(decoding: Event(delivery: delivery, details: EventDetails()))
            let member = try #require(payload(of: decoded))
            #expect(member.name == "unknown" && decoded.oddities.isEmpty)
            #expect("\(member.event)".contains(type ?? "nil"))
        }
    }

    @Test("the misfit of a known type is a misfit of the union", arguments: Union.whole)
    fileprivate func misfit(_ union: Union) {
        let types = SourceRegistry.builtIn.events(of: union.source).map(\.eventType)
        for type in types {
            let broken = event(union.source, "[]", eventType: type)
            #expect(throws: UndecodableEvent.self) { try union.type.init(decoding: broken) }
        }
    }

    @Test("a group decodes its own event types and no other", arguments: Union.groups)
    fileprivate func groups(_ union: Union) throws {
        #expect(union.type.eventTypes.count > 1)
        #expect(Set(union.type.eventTypes).count == union.type.eventTypes.count)
        for entry in SourceRegistry.builtIn.events(of: union.source) {
            let event = try sampleEvent(union.source, entry.eventType)
            guard union.type.eventTypes.contains(entry.eventType) else {
                let misfit = #expect(throws: UndecodableEvent.self) { try union.type.init(decoding: event) }
                #expect(misfit?.expectation.contains(union.type.eventTypes[0]) == true)
                continue
            }
            let member = try #require(payload(of: union.type.init(decoding: event)))
            #expect(type(of: member.event) == entry.swiftType)
        }
    }

    @Test("a handler of a group gets its event types, and a handler of a source's union everything of the source")
    func subscriptions() {
        var handlers = HandlerRegistry()
        handlers.on(Wacht.UserChanged.self, named: "group") { _, _ in }
        handlers.on(Wacht.AnyEvent.self, named: "union") { _, _ in }
        #expect(handlers.problems.isEmpty)
        let (group, union) = (handlers.handlers[0], handlers.handlers[1])
        #expect(group.subscribes(toSource: .wacht, eventType: "user.created"))
        #expect(group.subscribes(toSource: .wacht, eventType: "user.deleted"))
        #expect(!group.subscribes(toSource: .wacht, eventType: "session.created"))
        #expect(!group.subscribes(toSource: .dynamic, eventType: "user.created"))
        #expect(union.subscribes(toSource: .wacht, eventType: "session.created"))
        #expect(union.subscribes(toSource: .wacht, eventType: "brand.new"))
        #expect(union.subscribes(toSource: .wacht, eventType: nil))
        #expect(!union.subscribes(toSource: .anthropic, eventType: "session.created"))
    }

    @Test("the fields that all members of a union share are the union's too")
    func sharedFields() throws {
        let created = try sampleEvent(.wacht, "user.created")
        let user = try created.decode(as: Wacht.UserCreated.self)
        #expect(try created.decode(as: Wacht.UserChanged.self).user == user.user)
        #expect(try created.decode(as: Wacht.UserChanged.self).notice == user.notice)
        #expect(try created.decode(as: Wacht.AnyEvent.self).notice == user.notice)
        #expect(Wacht.AnyEvent.unknown(type: "x", body: []).notice == nil)

        let failed = try sampleEvent(.anthropic, "deployment_run.failed")
        let run = try failed.decode(as: Anthropic.DeploymentRunFailed.self)
        #expect(try failed.decode(as: Anthropic.DeploymentRunEnded.self).runID == run.runID)
        #expect(try failed.decode(as: Anthropic.AnyEvent.self) == .deploymentRunFailed(run))

        let message = try sampleEvent(.wakit, "messages.update")
        let row = try message.decode(as: Wakit.MessageUpdated.self).message
        #expect(try message.decode(as: Wakit.MessageChanged.self).message == row)
    }

    @Test("a handler can take a union apart without a default case")
    func exhaustive() throws {
        let event = try sampleEvent(.nyuchi, "report.completed").decode(as: Nyuchi.AnyEvent.self)
        let name =
            switch event {
            case .userCreated: "created"
            case .userDeactivated: "deactivated"
            case .projectUpdated: "project"
            case .reportCompleted(let report): report.reportID.isEmpty ? "" : "report"
            case .syncFailed: "sync"
            case .unknown(let type, _): type ?? ""
            }
        #expect(name == "report")
    }
}

extension RegisteredHandler {
    /// Tells whether it wants a delivery of that source, endpoint and type.
    func subscribes(toSource source: Source, at endpoint: EndpointName = "a", eventType: String?) -> Bool {
        patterns.contains { $0.matches(source: source, endpoint: endpoint, eventType: eventType) }
    }
}
