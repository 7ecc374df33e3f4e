import PostroomCore

/// wakit's envelope: the row, its table and the action on it.
struct WakitEnvelope: SourceEnvelope {
    static let source = Source.wakit
    static let typePaths = [["entity"], ["action"]]

    let log: OddityLog?
    private let body: JSONObject

    init(_ body: JSONObject, _ log: OddityLog?) {
        self.body = body
        self.log = log
    }

    var entity: String? {
        body["entity"]?.string
    }

    var action: String? {
        body["action"]?.string
    }

    /// `<entity>.<action>`, in the producer's spelling.
    var type: String? {
        guard let entity, let action, !entity.isEmpty, !action.isEmpty else { return nil }
        return "\(entity).\(action)"
    }

    var row: JSONObject? {
        body["data"]?.object
    }

    /// The row's primary key.
    ///
    /// Addresses have no `id`; the columns that identify them stand in its place.
    var primaryKey: String? {
        guard let row else { return nil }
        if let id = row["id"]?.identifier {
            return id
        }
        let columns: [String]
        switch entity {
        case "contacts_addresses": columns = ["organization_id", "service", "address"]
        case "organizations_addresses": columns = ["organization_id", "address"]
        default: return nil
        }
        let values = columns.compactMap { row[$0]?.identifier }
        return values.count == columns.count ? values.joined(separator: ":") : nil
    }

    func data() throws(UndecodableEvent) -> JSONReader {
        try JSONReader(body, path: "", log: log).members("data")
    }
}
