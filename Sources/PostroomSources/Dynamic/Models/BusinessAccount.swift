import PostroomCore

extension Dynamic {
    /// The data of a business account in an event.
    ///
    /// Dynamic does not document it; ``json`` has everything.
    public struct BusinessAccount: Hashable, Sendable {
        /// The identity of the account.
        public let id: String?
        /// The member that it is about, where it is about one.
        public let userID: String?
        /// The member's role, where it is about one, in Dynamic's words.
        public let role: String?
        /// The wallet that it is about, where it is about one.
        public let walletID: String?
        /// The proposal that it is about, where it is about one.
        public let proposalID: String?
        /// The whole data.
        public let json: RawJSON

        init(_ data: JSONReader, _ json: RawJSON) throws(UndecodableEvent) {
            let names = ["businessAccountId", "accountId", "id"]
            self.id = try data.identity(names.first { data.has($0) } ?? "id")
            self.userID = data.optionalID("userId")
            self.role = data.optional("role")
            self.walletID = data.optionalID("walletId")
            self.proposalID = data.optionalID("proposalId")
            self.json = json
        }
    }
}
