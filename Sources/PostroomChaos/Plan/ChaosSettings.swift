/// How a chaos run is made.
public struct ChaosSettings: Sendable {
    /// Where the inbox lies.
    public enum Database: Hashable, Sendable {
        /// A private Postgres that is started for the run, restarted and stopped during it, and removed after it.
        case privateServer
        /// Somebody's Postgres, in which the run makes a schema of its own and drops it afterwards.
        ///
        /// The server is never restarted. The upstream is where a proxy reaches it for cuts; without one, none are made.
        case external(connectionString: String, upstream: Upstream?)
    }

    /// Where a proxy reaches a database.
    public enum Upstream: Hashable, Sendable {
        /// A Unix socket, by its path.
        case unixSocket(path: String)
        /// A TCP port.
        case tcp(host: String, port: Int)
    }

    /// What every random decision comes from.
    public var seed: UInt64
    /// How long deliveries are sent and faults are made.
    public var duration: Duration
    /// Where the inbox lies.
    public var database: Database
    /// How many deliveries are sent in a second, duplicates and repetitions aside.
    public var rate: Int
    /// The lease of the workers.
    public var lease: Duration
    /// By how much every time bound is stretched, for a machine that has other things to do.
    public var patience: Double
    /// The folder for configuration, journals and logs of the run.
    public var folder: String
    /// The program whose verb `chaos-node` the nodes are.
    public var program: String

    /// Makes settings for a private server.
    ///
    /// - Parameters:
    ///   - seed: What every random decision comes from.
    ///   - duration: How long deliveries are sent and faults are made.
    ///   - folder: An existing, empty folder for the files of the run.
    ///   - program: The program whose verb `chaos-node` the nodes are.
    public init(seed: UInt64, duration: Duration, folder: String, program: String) {
        self.seed = seed
        self.duration = duration
        self.database = .privateServer
        self.rate = 60
        self.lease = .seconds(3)
        self.patience = 1
        self.folder = folder
        self.program = program
    }

    /// Whether the server is the run's own.
    var hasOwnServer: Bool {
        database == .privateServer
    }
}
