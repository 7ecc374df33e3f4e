/// The settings of a chaos run.
package struct ChaosSettings: Sendable {
    /// The server of the inbox.
    package enum Database: Hashable, Sendable {
        /// A private Postgres that is started for the run, restarted and stopped during it, and removed after it.
        case privateServer
        /// Somebody's Postgres, in which the run makes a schema of its own and drops it afterwards.
        ///
        /// The server is never restarted. The upstream is where a proxy reaches it for cuts; without one, none are made.
        case external(connectionString: String, upstream: Upstream?)
    }

    /// The address at which a proxy reaches a database.
    package enum Upstream: Hashable, Sendable {
        /// A Unix socket, by its path.
        case unixSocket(path: String)
        /// A TCP port.
        case tcp(host: String, port: Int)
    }

    /// The seed of every random decision.
    package var seed: UInt64
    /// The time for which deliveries are sent and faults are made.
    package var duration: Duration
    /// The server of the inbox.
    package var database: Database
    /// The number of deliveries that are sent in a second, duplicates and repetitions aside.
    package var rate: Int
    /// The number of private servers that share the deliveries.
    package var servers: Int
    /// The lease of the workers.
    package var lease: Duration
    /// By how much every time bound is stretched, for a machine that has other things to do.
    package var patience: Double
    /// The folder for configuration, journals and logs of the run.
    package var folder: String
    /// The program whose verb `chaos-node` the nodes are.
    package var program: String

    /// Makes settings for a private server.
    ///
    /// - Parameters:
    ///   - seed: The seed of every random decision.
    ///   - duration: The time for which deliveries are sent and faults are made.
    ///   - folder: An existing, empty folder for the files of the run.
    ///   - program: The program whose verb `chaos-node` the nodes are.
    package init(seed: UInt64, duration: Duration, folder: String, program: String) {
        self.seed = seed
        self.duration = duration
        self.database = .privateServer
        self.rate = 60
        self.servers = 1
        self.lease = .seconds(3)
        self.patience = 1
        self.folder = folder
        self.program = program
    }

    /// True if the server is the run's own.
    var hasOwnServer: Bool {
        database == .privateServer
    }
}
