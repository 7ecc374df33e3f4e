/// The conversation over one connection, as far as it decides where to cut it.
struct Conversation {
    /// The treatment of a message.
    enum Action: Hashable {
        /// Pass it on.
        case forward
        /// Refuse encryption in the server's place.
        case refuseEncryption
        /// Keep it from the other side.
        case swallow
        /// Keep it from the other side and close both ends.
        case cut(CutRecord)
    }

    /// The requests that are answered together.
    private struct Group {
        var cut: Cut?
        var hasFailed = false
    }

    /// The connection's name for itself.
    private(set) var application = ""
    private var statements: [CommittedStatement] = []
    private var unnamed = ""
    /// The groups that await their answers; the session's beginning is answered like one.
    private var unanswered: [Group] = []
    private var isDoomed = false

    /// A message came from the client.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - claimCut: Takes the cut that is to be made at the end of a group, if there is one.
    /// - Returns: The work to do with it.
    mutating func sent(
        _ message: FrontendMessages.Kind,
        claimCut: (_ application: String, _ statements: [CommittedStatement]) -> Cut?
    ) -> Action {
        guard !isDoomed else { return .swallow }
        switch message {
        case .encryptionRequest:
            return .refuseEncryption
        case .startup(let parameters):
            application = parameters["application_name"] ?? ""
            unanswered.append(Group())
            return .forward
        case .parse(let name, let sql):
            if name.isEmpty {
                unnamed = sql
            }
            return .forward
        case .bind(let name):
            statements.append(name.isEmpty ? .text(unnamed) : .named(name))
            return .forward
        case .query(let sql):
            statements.append(.text(sql))
            return endGroup(claimCut)
        case .sync:
            return endGroup(claimCut)
        case .cancelRequest, .other:
            return .forward
        }
    }

    /// A message came from the server.
    mutating func received(_ message: BackendMessages.Kind) -> Action {
        guard let group = unanswered.first else { return .forward }
        if message == .failure {
            unanswered[0].hasFailed = true
        }
        if message == .ready {
            unanswered.removeFirst()
        }
        guard let cut = group.cut else { return .forward }
        return message == .ready ? .cut(CutRecord(cut: cut, wasCommitted: !group.hasFailed)) : .swallow
    }

    private mutating func endGroup(_ claimCut: (String, [CommittedStatement]) -> Cut?) -> Action {
        let cut = claimCut(application, statements)
        statements = []
        if let cut, cut.moment == .beforeCommit {
            isDoomed = true
            return .cut(CutRecord(cut: cut, wasCommitted: false))
        }
        isDoomed = cut != nil
        unanswered.append(Group(cut: cut))
        return .forward
    }
}
