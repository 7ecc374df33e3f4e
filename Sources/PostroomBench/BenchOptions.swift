/// What a bench measures, and under what conditions.
package struct BenchOptions: Sendable {
    /// Where it runs.
    package enum Database: Sendable {
        /// A server started for the run, on a folder of its own that is removed afterwards.
        case privateServer
        /// A schema of its own in a database that somebody gave; the schema is dropped afterwards.
        case existing(connectionString: String)
    }

    /// What handlers subscribe to.
    package enum Decoding: String, Sendable, CaseIterable {
        /// The undecoded event.
        case raw
        /// The event's Swift type.
        case typed
    }

    /// What is in the tables before a run that has none of the events.
    package struct History: Sendable {
        /// Stored and settled deliveries.
        package var deliveries = 0
        /// Retries that are due in a day.
        package var retries = 0
        /// Dead letters.
        package var deadLetters = 0

        /// No history.
        package init() {}

        var isEmpty: Bool {
            deliveries == 0 && retries == 0 && deadLetters == 0
        }
    }

    /// A transaction that holds an old snapshot, and the traffic in its time.
    package struct OldSnapshot: Sendable {
        /// How old the snapshot is when the measured run begins.
        package var age: Duration
        /// How many events a second go through the inbox meanwhile.
        package var rate: Int

        /// Describes an old snapshot.
        package init(age: Duration, rate: Int) {
            self.age = age
            self.rate = rate
        }
    }

    /// Where the bench runs.
    package var database = Database.privateServer
    /// How many no-op handlers take every event.
    package var handlers = 3
    /// What they subscribe to.
    package var decoding = Decoding.raw
    /// The share of events of which each handler's first attempt fails, from 0 to 1.
    package var failRate = 0.0
    /// The least size of a body.
    package var bodyBytes = 1024
    /// How long runs take that no number of events bounds.
    package var duration: Duration = .seconds(10)
    /// How many events a run has; `nil` for as many as the time allows, or the bench's own number.
    package var events: Int?
    /// How many connections the inbox uses for intake and for dispatch each; `nil` for its own default.
    package var connections: Int?
    /// How many deliveries one claim of the worker asks for; `nil` for its own default.
    package var claim: Int?
    /// How many connections the limit run uses.
    package var limitConnections = 4
    /// How many deliveries go together where the bench itself makes batches: in the limit run and in a prefilled inbox.
    package var batch = 100
    /// How many deliveries the in-process producer has under way.
    package var inFlight = 512
    /// How many connections the HTTP load generator opens.
    package var httpConnections = 64
    /// Whether the receiver hands batches to the worker in memory.
    package var handsOff = true
    /// What the tables hold in the burdened run.
    package var history = History()
    /// The snapshot held open in the burdened run.
    package var oldSnapshot: OldSnapshot?

    /// The defaults.
    package init() {}

    /// Whether there is a burdened run beside the normal one.
    var isBurdened: Bool {
        !history.isEmpty || oldSnapshot != nil
    }
}
