import CLibrary
package import PostroomAdmin
package import PostroomCore
package import PostroomInbox
package import PostroomReceiver
package import PostroomWorker

/// Everything that is configured: the configurations of the modules, the endpoints and the forwarders.
///
/// Made without arguments it holds the defaults, no endpoints and no forwarders.
package struct ProgramConfiguration: Hashable, Sendable {
    /// The way to the database.
    package var database = InboxConfiguration(connectionString: "")
    /// The address that deliveries are received on, and the receiver's limits.
    package var receiver = ReceiverConfiguration()
    /// The address of metrics, health and the console.
    package var admin = AdminAddress()
    /// The console on that address, and the ways into it.
    package var console = ConsoleSettings()
    /// The endpoints: those of the file in its order, then those of the environment by name.
    package var endpoints: [EndpointSettings] = []
    /// The handlers without code, in the same order.
    package var forwarders: [ForwarderSettings] = []
    /// The limits and times of the worker, under the name of this process.
    package var worker = WorkerConfiguration(label: Self.processLabel)
    /// The times for which things are kept.
    package var retention = Retention()
    /// The rights of people over dead letters.
    package var deadLetters = DeadLetterSettings()
    /// The form and the least level of the log.
    package var log = LogSettings()

    /// The defaults.
    package init() {}

    /// The keys of all sections but the endpoints and the forwarders, whose names are free.
    package static let table: [Setting<ProgramConfiguration>] =
        InboxConfiguration.settings.map { $0.within("database", \.database) }
        + ReceiverConfiguration.settings.map { $0.within("receiver", \.receiver) }
        + AdminAddress.settings.map { $0.within("admin", \.admin) }
        + ConsoleSettings.table.map { $0.within("console", \ProgramConfiguration.console).within("admin", \.self) }
        + WorkerConfiguration.settings.map { $0.within("worker", \.worker) }
        + Retention.settings.map { $0.within("retention", \.retention) }
        + DeadLetterSettings.settings.map { $0.within("dead-letters", \.deadLetters) }
        + LogSettings.table.map { $0.within("log", \.log) }

    /// The key under which the endpoints stand, by name.
    package static let endpointsKey = "endpoints"
    /// The key under which the forwarders stand, by name: they are handlers.
    package static let forwardersKey = "handlers"

    /// The endpoint of that name.
    package func endpoint(_ name: EndpointName) -> EndpointSettings? {
        endpoints.first { $0.name == name }
    }

    /// The host's name and the process's number, for people; nothing is decided by it.
    private static var processLabel: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host):\(getpid())"
    }
}
