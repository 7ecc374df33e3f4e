package import PostroomCore

/// Everything that is configured, as typed values.
///
/// Made without arguments it holds the defaults, and no endpoints.
package struct ProgramConfiguration: Hashable, Sendable {
    /// How the database is reached.
    package var database = DatabaseSettings()
    /// Where deliveries are received.
    package var receiver = ReceiverSettings()
    /// Where console, metrics and health are served.
    package var admin = AdminSettings()
    /// The endpoints: those of the file in its order, then those of the environment by name.
    package var endpoints: [EndpointSettings] = []
    /// How much a worker takes on.
    package var worker = WorkerSettings()
    /// How long things are kept.
    package var retention = RetentionSettings()
    /// What is logged.
    package var log = LogSettings()

    /// The defaults.
    package init() {}

    /// The keys of all sections but the endpoints, whose names are free.
    package static let table: [Setting<ProgramConfiguration>] =
        DatabaseSettings.table.map { $0.within("database", \.database) }
        + ReceiverSettings.table.map { $0.within("receiver", \.receiver) }
        + AdminSettings.table.map { $0.within("admin", \.admin) }
        + WorkerSettings.table.map { $0.within("worker", \.worker) }
        + RetentionSettings.table.map { $0.within("retention", \.retention) }
        + LogSettings.table.map { $0.within("log", \.log) }

    /// The key under which the endpoints stand, by name.
    package static let endpointsKey = "endpoints"

    /// The endpoint of that name.
    package func endpoint(_ name: EndpointName) -> EndpointSettings? {
        endpoints.first { $0.name == name }
    }
}
