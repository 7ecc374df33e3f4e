/// Where the console, the metrics and the health of this process are served.
package struct AdminSettings: Hashable, Sendable {
    /// The address to listen on; loopback unless configured, because anybody who reaches it may act.
    package var host = "127.0.0.1"
    /// The port to listen on.
    package var port = 8081

    /// The keys of the section.
    package static let table: [Setting<AdminSettings>] = [
        Setting("host", \.host, .host, "the address of console, metrics and health; whoever reaches it may act"),
        Setting("port", \.port, .port, "the port of console, metrics and health"),
    ]
}
