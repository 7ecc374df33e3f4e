/// Where the admin server listens.
public struct AdminAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an IP address.
    public var host: String
    /// The port; 0 lets the system choose one.
    public var port: Int

    /// Names an address; the default is reachable from this machine only.
    public init(host: String = "127.0.0.1", port: Int = 8081) {
        self.host = host
        self.port = port
    }

    /// The address as `host:port`.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Why the admin server does not run.
public struct AdminServerError: Error, CustomStringConvertible {
    /// The address that can't be listened on.
    public let address: AdminAddress
    /// What the system says.
    public let reason: String

    /// What happened, where, and what to do about it.
    public var description: String {
        "The admin server can't listen on \(address): \(reason). "
            + "Stop what uses that address, or choose another one with admin.host and admin.port."
    }
}
