package import PostroomCore

/// A handler without code: the events, and the place that they are sent on to.
package struct ForwarderSettings: Hashable, Sendable {
    /// The name, which is the handler's.
    package let name: HandlerName
    /// The patterns, any of which must match; after loading, one at least.
    package var events: [EventPattern] = []
    /// The settings of one that posts over HTTP.
    package var http = HTTPSettings()
    /// The settings of one that calls a function of the database.
    package var sql = SQLSettings()
    /// The settings of one that runs a program.
    package var exec = ExecSettings()
    /// The policy for attempts that fail.
    package var retry = RetrySettings()
    /// The time after which an attempt is cancelled and counts as failed.
    package var timeout = HandlerOptions().timeout
    /// The order of its jobs, and the limits of its attempts.
    package var limits = ForwarderLimitSettings()

    /// A forwarder with defaults, which still needs events and a place.
    package init(name: HandlerName) {
        self.name = name
    }

    /// The keys of a forwarder.
    package static let table: [Setting<ForwarderSettings>] =
        [
            Setting(
                "events",
                list: \.events,
                .eventPattern,
                "which events, as source:type; * stands for any run of characters, and for every source"
            )
        ]
        + HTTPSettings.table.map { $0.within("http", \.http) }
        + SQLSettings.table.map { $0.within("sql", \.sql) }
        + ExecSettings.table.map { $0.within("exec", \.exec) }
        + RetrySettings.table.map { $0.within("retry", \.retry) }
        + [
            Setting(
                "timeout",
                \.timeout,
                .duration(.milliseconds(100)...(.seconds(86_400))),
                "after how long an attempt is ended and counts as failed"
            )
        ]
        + ForwarderLimitSettings.table.map { $0.on(\.limits) }

    /// The kinds of forwarders, each under a key of its own.
    package enum Kind: String, Sendable, CaseIterable {
        case http
        case sql
        case exec
    }

    /// The kinds of which something is given; after loading, one.
    package var kinds: [Kind] {
        Kind.allCases.filter { kind in
            switch kind {
            case .http: http != HTTPSettings()
            case .sql: sql != SQLSettings()
            case .exec: exec != ExecSettings()
            }
        }
    }

    /// The policy for attempts that fail.
    package var policy: RetryPolicy {
        RetryPolicy(
            maximumAttempts: retry.attempts,
            firstDelay: retry.firstDelay,
            multiplier: Double(retry.multiplier),
            maximumDelay: retry.maximumDelay,
            jitter: retry.jitter
        )
    }
}

/// The settings of a forwarder that posts over HTTP.
package struct HTTPSettings: Hashable, Sendable {
    /// The ways to sign a request.
    package enum Signing: String, Sendable, CaseIterable {
        case none
        case standardWebhooks = "standard-webhooks"
    }

    /// The URL, or `nil` where the forwarder is of another kind.
    package var url: String?
    /// The way to sign requests.
    package var sign = Signing.none
    /// The secrets to sign with; a request carries a signature of each.
    package var secrets: [SecretReference] = []
    /// Further header fields.
    package var headers: [NamedReference] = []
    /// True where an address that the internet can't reach is meant.
    package var allowsPrivate = false
    /// The file of the authorities that are trusted in place of the system's, or `nil`.
    package var authorities: String?
    /// The longest time for making a connection.
    package var connectTimeout = Duration.seconds(5)
    /// The most bytes of an answer that are read.
    package var answerLimit = ByteSize.kibibytes(64).bytes

    /// The keys of `http`.
    package static let table: [Setting<HTTPSettings>] = [
        Setting("url", optional: \.url, .url, "where to post the body, with the content type it came with"),
        Setting("sign", \.sign, .choice, "how requests are signed"),
        Setting(
            "secret",
            list: \.secrets,
            .secretReference,
            isSecret: true,
            "where the secrets are; with several, requests carry a signature of each"
        ),
        Setting(
            "headers",
            list: \.headers,
            .headerReference,
            isSecret: true,
            "further header fields, each with the place of its value"
        ),
        Setting(
            "allow-private",
            \.allowsPrivate,
            .flag,
            "true where private, loopback and link-local addresses may be connected to"
        ),
        Setting("ca", optional: \.authorities, .path, "the authorities to trust in place of the system's, in PEM"),
        Setting(
            "connect-timeout",
            \.connectTimeout,
            .duration(.milliseconds(100)...(.seconds(60))),
            "how long making a connection may take"
        ),
        Setting(
            "answer-limit",
            \.answerLimit,
            .bytes(.kibibytes(1)...(.mebibytes(16))),
            "how much of an answer is read; the connection of a longer one is closed"
        ),
    ]
}

/// The settings of a forwarder that calls a function of the database.
package struct SQLSettings: Hashable, Sendable {
    /// The function, or `nil` where the forwarder is of another kind.
    package var function: FunctionName?
    /// The error codes after which no other attempt can help.
    package var permanent = [SQLStatePattern(standard: "UP000")]

    /// The keys of `sql`.
    package static let table: [Setting<SQLSettings>] = [
        Setting("function", optional: \.function, .functionName, "the function to call, with its schema"),
        Setting(
            "permanent",
            list: \.permanent,
            .sqlState,
            "the SQLSTATEs that make a dead letter at once; one that ends in 000 stands for its class"
        ),
    ]
}

/// The settings of a forwarder that runs a program.
package struct ExecSettings: Hashable, Sendable {
    /// The program's path and its arguments; empty where the forwarder is of another kind.
    package var command: [String] = []
    /// The program's PATH, or `nil` for none.
    package var path: String?
    /// Further variables of its environment.
    package var environment: [NamedReference] = []
    /// The folder that it starts in.
    package var directory = "/"
    /// The time until the next attempt after exit status 75.
    package var retryAfter = Duration.seconds(60)

    /// The keys of `exec`.
    package static let table: [Setting<ExecSettings>] = [
        Setting("command", list: \.command, .words, "the program's path and its arguments; no shell reads them"),
        Setting("path", optional: \.path, .words, "the program's PATH; without it there is none"),
        Setting(
            "environment",
            list: \.environment,
            .variableReference,
            isSecret: true,
            "further variables of its environment, each with the place of its value"
        ),
        Setting("directory", \.directory, .path, "the folder that it starts in"),
        Setting(
            "retry-after",
            \.retryAfter,
            .duration(.zero...(.seconds(30 * 86_400))),
            "when it runs again after exit status 75"
        ),
    ]
}

/// The settings of a policy for attempts that fail.
package struct RetrySettings: Hashable, Sendable {
    private static let standard = RetryPolicy.exponential()

    /// The number of attempts in all.
    package var attempts = standard.maximumAttempts
    /// The delay before the second attempt.
    package var firstDelay = standard.firstDelay
    /// The factor from each delay to the next.
    package var multiplier = Int(standard.multiplier)
    /// The longest delay.
    package var maximumDelay = standard.maximumDelay
    /// The spread of a delay, from 0.01 to 1.
    package var jitter = standard.jitter

    /// The keys of `retry`.
    package static let table: [Setting<RetrySettings>] = [
        Setting("attempts", \.attempts, .number(1...1_000_000), "how often it is tried before it is a dead letter"),
        Setting("first-delay", \.firstDelay, .duration(delays), "how long the second attempt waits"),
        Setting("multiplier", \.multiplier, .number(1...1000), "how much longer each delay is than the one before"),
        Setting("maximum-delay", \.maximumDelay, .duration(delays), "the longest delay"),
        Setting("jitter", \.jitter, .hundredths, "by how many hundredths a delay is spread"),
    ]

    private static let delays: ClosedRange<Duration> = .zero...(.seconds(3650 * 86_400))
}
