import PostroomAdmin

/// The readiness of a process by the servers that it uses.
///
/// One that is down among several costs its share only: a load balancer that dropped the process for it would cost the rest.
enum ServerReadiness {
    /// The findings about a server.
    struct Server: Sendable {
        /// Its name for people; `nil` where it is the only one.
        let place: String?
        /// Tells whether it is connected.
        let database: @Sendable () -> HealthState
        /// Tells whether its schema fits.
        let schema: @Sendable () -> HealthState

        /// The first that is not well.
        var state: HealthState {
            let database = database()
            return database == .healthy ? schema() : database
        }
    }

    /// The checks: of the only server its database and its schema, of several one for each, which fails where all do.
    static func checks(_ servers: [Server]) -> [HealthCheck] {
        guard servers.count > 1 else {
            return servers.flatMap { server in
                [
                    HealthCheck(name: "database", state: server.database),
                    HealthCheck(name: "schema", state: server.schema),
                ]
            }
        }
        return servers.map { server in
            HealthCheck(name: server.place ?? "database") {
                guard case .failing(let reason) = server.state else { return .healthy }
                return servers.contains { $0.state == .healthy } ? .impaired(reason: reason) : .failing(reason: reason)
            }
        }
    }
}
