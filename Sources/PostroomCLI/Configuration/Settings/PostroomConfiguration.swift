import PostroomCore

/// Everything that is configured, as typed values.
///
/// Made without arguments it holds the defaults, and no endpoints.
struct PostroomConfiguration: Hashable, Sendable {
    /// How the database is reached.
    var database = DatabaseSettings()
    /// Where deliveries are received.
    var receiver = ReceiverSettings()
    /// Where console, metrics and health are served.
    var admin = AdminSettings()
    /// The endpoints: those of the file in its order, then those of the environment by name.
    var endpoints: [EndpointSettings] = []
    /// How much a worker takes on.
    var worker = WorkerSettings()
    /// How long things are kept.
    var retention = RetentionSettings()
    /// What is logged.
    var log = LogSettings()

    /// The keys of all sections but the endpoints, whose names are free.
    static let table: [Setting<PostroomConfiguration>] =
        DatabaseSettings.table.map { $0.within("database", \.database) }
        + ReceiverSettings.table.map { $0.within("receiver", \.receiver) }
        + AdminSettings.table.map { $0.within("admin", \.admin) }
        + WorkerSettings.table.map { $0.within("worker", \.worker) }
        + RetentionSettings.table.map { $0.within("retention", \.retention) }
        + LogSettings.table.map { $0.within("log", \.log) }

    /// The key under which the endpoints stand, by name.
    static let endpointsKey = "endpoints"

    /// The endpoint of that name.
    func endpoint(_ name: EndpointName) -> EndpointSettings? {
        endpoints.first { $0.name == name }
    }
}
