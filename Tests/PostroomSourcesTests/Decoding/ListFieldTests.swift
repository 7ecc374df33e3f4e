import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// The state of a list, without its elements.
private enum ListState: Equatable {
    case absent
    case null
    case elements(Int)

    init<Element>(_ field: Field<[Element]>) {
        switch field {
        case .absent: self = .absent
        case .null: self = .null
        case .value(let elements): self = .elements(elements.count)
        }
    }
}

/// A list of a typed event: how a body carries it, and how it is read.
private struct ListCase: CustomTestStringConvertible {
    let name: String
    let source: Source
    /// A body with `%` in place of the list's member, which begins with a comma.
    let body: String
    /// An element that fits.
    let element: String
    /// An element that does not fit, or `nil` where any JSON does.
    let misfit: String?
    let read: @Sendable (Event) throws -> ListState

    init<Value: WebhookEvent, Element>(
        _ name: String,
        _ type: Value.Type,
        _ body: String,
        element: String,
        misfit: String? = "7",
        _ read: @escaping @Sendable (Value) -> Field<[Element]>
    ) {
        self.name = name
        self.source = type.source
        self.body = body
        self.element = element
        self.misfit = misfit
        self.read = { ListState(read(try $0.decode(as: type))) }
    }

    var testDescription: String {
        "\(source): \(name)"
    }

    /// The state of the list where a body carries it so, and the oddities.
    func state(_ list: String?) throws -> (ListState, [String]) {
        let member = list.map { #","\#(name)":\#($0)"# } ?? ""
        let event = event(source, body.replacing("%", with: member))
        return (
            try read(event), try SourceRegistry.builtIn.typedEvent(of: event.delivery)?.oddities.map(\.finding) ?? []
        )
    }
}

@Suite("Lists")
struct ListFieldTests {
    private static func wacht(_ type: String) -> String {
        #"{"type":"\#(type)","timestamp":"2026-03-04T10:00:00.000Z","data":{"entity_id":1%}}"#
    }

    private static func thread(_ type: String) -> String {
        let content = #"{"type":"\#(type)","message":"m"%}"#
        let message = #"{"id":"1","message_type":"\#(type)","content":\#(content)}"#
        return #"{"thread_id":"1","message_type":"conversation_message","data":\#(message)}"#
    }

    private static func dynamic(_ type: String) -> String {
        #"{"eventName":"\#(type)","data":{"id":"x"%}}"#
    }

    /// Lists that a handler may bring its own data in line with: they are whole, or not told.
    private static let wholeLists = [
        ListCase("roles", Wacht.OrganizationUpdated.self, wacht("organization.updated"), element: "{}") {
            $0.organization.roles
        },
        ListCase("workspaces", Wacht.OrganizationUpdated.self, wacht("organization.updated"), element: #"{"id":1}"#) {
            $0.organization.workspaces
        },
        ListCase("segments", Wacht.OrganizationUpdated.self, wacht("organization.updated"), element: #"{"id":1}"#) {
            $0.organization.segments
        },
        ListCase("roles", Wacht.WorkspaceUpdated.self, wacht("workspace.updated"), element: "{}") {
            $0.workspace.roles
        },
        ListCase("segments", Wacht.WorkspaceUpdated.self, wacht("workspace.updated"), element: #"{"id":1}"#) {
            $0.workspace.segments
        },
        ListCase("email_addresses", Wacht.UserUpdated.self, wacht("user.updated"), element: #"{"id":1}"#) {
            $0.user.emailAddresses
        },
        ListCase("phone_numbers", Wacht.UserUpdated.self, wacht("user.updated"), element: #"{"id":1}"#) {
            $0.user.phoneNumbers
        },
        ListCase("social_connections", Wacht.UserUpdated.self, wacht("user.updated"), element: #"{"id":1}"#) {
            $0.user.socialConnections
        },
        ListCase("segments", Wacht.UserUpdated.self, wacht("user.updated"), element: #"{"id":1}"#) {
            $0.user.segments
        },
        ListCase("signins", Wacht.SessionCreated.self, wacht("session.created"), element: "{}") {
            $0.session.signIns
        },
        ListCase("lists", Dynamic.UserUpdated.self, dynamic("user.updated"), element: #""a""#) { $0.user.lists },
        ListCase("missingFields", Dynamic.UserUpdated.self, dynamic("user.updated"), element: "{}", misfit: nil) {
            $0.user.missingFields
        },
        ListCase("verifiedCredentials", Dynamic.UserUpdated.self, dynamic("user.updated"), element: "{}") {
            $0.user.verifiedCredentials
        },
        ListCase(
            "walletAdditionalAddresses",
            Dynamic.WalletLinked.self,
            dynamic("wallet.linked"),
            element: "{}",
            misfit: nil
        ) { $0.wallet.additionalAddresses },
        ListCase("assetTransfers", Dynamic.WalletActivity.self, dynamic("wallet.activity"), element: "{}") {
            $0.transaction.transfers
        },
        ListCase(
            "changed_fields",
            Nyuchi.ProjectUpdated.self,
            #"{"id":"e","type":"project.updated","created_at":"2026-03-04T10:00:00Z","data":{"project_id":"p"%}}"#,
            element: #""name""#
        ) { $0.changedFields.map(\.names) },
    ]

    /// Lists whose elements stand for themselves: those that fit are there.
    private static let fittingLists = [
        ListCase(
            "files",
            Wacht.AgentThreadMessage.self,
            thread("user_message"),
            element: "{}"
        ) { content($0) { if case .userMessage(let message) = $0 { message.files } else { nil } } },
        ListCase(
            "attachments",
            Wacht.AgentThreadMessage.self,
            thread("steer"),
            element: #"{"path":"/a"}"#
        ) { content($0) { if case .steer(let steer) = $0 { steer.attachments } else { nil } } },
        ListCase(
            "tools",
            Wacht.AgentThreadMessage.self,
            thread("approval_request"),
            element: #"{"tool_name":"send"}"#
        ) { content($0) { if case .approvalRequest(let request) = $0 { request.tools } else { nil } } },
        ListCase(
            "approvals",
            Wacht.AgentThreadMessage.self,
            thread("approval_response"),
            element: #"{"tool_name":"send","mode":"allow_once"}"#
        ) { content($0) { if case .approvalResponse(let response) = $0 { response.approvals } else { nil } } },
        ListCase(
            "questions",
            Wacht.AgentThreadMessage.self,
            thread("clarification_request"),
            element: #"{"id":"q","text":"?","answer_kind":{"kind":"yes_no"}}"#
        ) { content($0) { if case .clarificationRequest(let request) = $0 { request.questions } else { nil } } },
        ListCase(
            "answers",
            Wacht.AgentThreadMessage.self,
            thread("clarification_response"),
            element: #"{"question_id":"q","value":{"kind":"yes_no","value":true}}"#
        ) { content($0) { if case .clarificationResponse(let response) = $0 { response.answers } else { nil } } },
        ListCase(
            "errors",
            Wakit.MessageUpdated.self,
            #"{"data":{"id":"m","status":{"sent":null%}},"action":"update","entity":"messages"}"#,
            element: "{}"
        ) { $0.message.status?.errors ?? .value([]) },
    ]

    private static func content<Element>(
        _ event: Wacht.AgentThreadMessage,
        _ list: (Wacht.ThreadMessageContent) -> Field<[Element]>?
    ) -> Field<[Element]> {
        // A content of another type would be no list at all, and fail every expectation but one.
        event.message.content.flatMap(list) ?? .value([])
    }

    @Test(
        "a list that is absent, one that is null and one that is empty are three things",
        arguments: wholeLists + fittingLists
    )
    private func states(_ test: ListCase) throws {
        #expect(try test.state(nil) == (.absent, []))
        #expect(try test.state("null") == (.null, []))
        #expect(try test.state("[]") == (.elements(0), []))
        #expect(try test.state("[\(test.element),\(test.element)]") == (.elements(2), []))
    }

    @Test(
        "a list with an element that does not fit is not told, so that no element is taken for gone",
        arguments: wholeLists
    )
    private func whole(_ test: ListCase) throws {
        guard let misfit = test.misfit else { return }
        for list in ["[\(misfit)]", "[\(test.element),\(misfit)]", #""x""#] {
            let (state, oddities) = try test.state(list)
            #expect(state == .absent && oddities.count == 1, "\(list)")
        }
        let (state, oddities) = try test.state("[null,\(test.element)]")
        #expect(state == .elements(1) && oddities.count == 1 && oddities[0].hasSuffix("found null"))
    }

    @Test(
        "of a list whose elements stand for themselves, those that fit are there, and the others are noted",
        arguments: fittingLists
    )
    private func fitting(_ test: ListCase) throws {
        let (state, oddities) = try test.state("[\(test.element),7,null,\(test.element)]")
        #expect(state == .elements(2) && oddities.count == 2)
        #expect(try test.state("{}").0 == .absent)
    }
}
