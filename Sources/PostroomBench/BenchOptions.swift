/// The subject of a bench, and its conditions.
package struct BenchOptions: Sendable {
    /// The server on which it runs.
    package enum Database: Sendable {
        /// A server started for the run, on a folder of its own that is removed afterwards.
        case privateServer
        /// A schema of its own in a database that somebody gave; the schema is dropped afterwards.
        case existing(connectionString: String)
    }

    /// The subscriptions of the handlers.
    package enum Decoding: String, Sendable, CaseIterable {
        /// The undecoded event.
        case raw
        /// The event's Swift type.
        case typed
    }

    /// The rows in the tables before a run, none of which are its events.
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

    /// The requests that a handler may make.
    package struct Asking: Hashable, Sendable {
        /// The most attempts of each handler at once over all processes; `nil` for no limit.
        package var limit: Int?
        /// The number of keys within which jobs follow each other; `nil` for no order.
        package var keys: Int?
        /// True if each attempt ends its job in a transaction of its own.
        package var isTransactional = false

        /// Nothing.
        package init() {}
    }

    /// A transaction that holds an old snapshot, and the traffic in its time.
    package struct OldSnapshot: Sendable {
        /// The age of the snapshot when the measured run begins.
        package var age: Duration
        /// The number of events a second that go through the inbox meanwhile.
        package var rate: Int

        /// Describes an old snapshot.
        package init(age: Duration, rate: Int) {
            self.age = age
            self.rate = rate
        }
    }

    /// The server on which the bench runs.
    package var database = Database.privateServer
    /// The number of no-op handlers that take every event.
    package var handlers = 3
    /// Their subscriptions.
    package var decoding = Decoding.raw
    /// The requests of the handlers beyond that every event is handled; the run is repeated with them, and compared.
    package var asking = Asking()
    /// The share of events of which each handler's first attempt fails, from 0 to 1.
    package var failRate = 0.0
    /// The least size of a body.
    package var bodyBytes = 1024
    /// The time of a run that no number of events bounds.
    package var duration: Duration = .seconds(10)
    /// The number of events of a run; `nil` for as many as the time allows, or the bench's own number.
    package var events: Int?
    /// The number of connections of the inbox for intake and for dispatch each; `nil` for its own default.
    package var connections: Int?
    /// The number of deliveries that one claim of the worker asks for; `nil` for its own default.
    package var claim: Int?
    /// The number of connections of the limit run.
    package var limitConnections = 4
    /// The number of deliveries of a batch where the bench itself makes batches: in the limit run and in a prefilled inbox.
    package var batch = 100
    /// The number of deliveries that the in-process producer has under way.
    package var inFlight = 512
    /// The number of connections that the HTTP load generator opens.
    package var httpConnections = 64
    /// True if the receiver hands batches to the worker in memory.
    package var handsOff = true
    /// The content of the tables in the burdened run.
    package var history = History()
    /// The snapshot held open in the burdened run.
    package var oldSnapshot: OldSnapshot?

    /// The defaults.
    package init() {}

    /// The same without what the handlers ask for.
    var plain: BenchOptions {
        var plain = self
        plain.asking = Asking()
        return plain
    }

    /// True if there is a burdened run beside the normal one.
    var isBurdened: Bool {
        !history.isEmpty || oldSnapshot != nil
    }
}
