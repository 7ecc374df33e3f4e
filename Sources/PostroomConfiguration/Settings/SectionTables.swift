package import PostroomAdmin
package import PostroomInbox
package import PostroomReceiver
package import PostroomWorker

// The keys of each section, on the configuration types that the modules use: a default stands there, and only there.

extension InboxConfiguration {
    /// The keys of `database`.
    package static let settings: [Setting<InboxConfiguration>] = [
        Setting(
            "url",
            \.connectionString,
            .connectionString,
            isSecret: true,
            "where Postgres is; any libpq connection string, several hosts included"
        ),
        Setting(
            "urls",
            list: \.servers,
            separator: ";",
            .serverPlace,
            isSecret: true,
            "instead of url, several servers, each with an inbox of its own; a server's place is its number and never changes"
        ),
        Setting(
            "draining",
            list: \.draining,
            .number(0...(ServerNumber.most - 1)),
            "the numbers of servers among urls that take nothing new and empty themselves"
        ),
        Setting("schema", \.schema, .schemaName, "the schema that holds the inbox"),
        Setting(
            "connections.intake",
            \.intakeConnections,
            .number(1...64),
            "connections that commit what was received"
        ),
        Setting("connections.dispatch", \.dispatchConnections, .number(1...64), "connections that claim and settle"),
        Setting(
            "statement-timeout",
            \.statementTimeout,
            .duration(.milliseconds(100)...(.seconds(600))),
            "how long one statement may take before the server ends it"
        ),
        Setting(
            "pooling",
            \.pooling,
            .choice,
            "'transaction' behind PgBouncer in transaction mode: no session state, wake-ups by polling"
        ),
    ]
}

extension ReceiverConfiguration {
    /// The keys of `receiver`.
    package static let settings: [Setting<ReceiverConfiguration>] = [
        Setting("host", \.host, .host, "the address to listen on"),
        Setting("port", \.port, .port, "the port to listen on"),
        Setting(
            "path-prefix",
            \.pathPrefix,
            .pathPrefix,
            "what stands before /hooks/ in the paths of requests, for example /webhooks"
        ),
        Setting("tls.certificate", optional: \.certificate, .path, "the certificate chain, in PEM; with tls.key"),
        Setting("tls.key", optional: \.key, .path, "the certificate's private key, in PEM; with tls.certificate"),
        Setting("connections", \.limits.connections, .number(1...1_000_000), "the most open connections"),
        Setting(
            "in-flight",
            \.limits.requestsInFlight,
            .number(1...1_000_000),
            "the most requests at once; more are answered 503"
        ),
        Setting(
            "body-memory",
            \.limits.bodyBytes,
            .bytes(.mebibytes(1)...(.mebibytes(65_536))),
            "how much memory heads and bodies may take; more, and the slowest, are answered 503"
        ),
        Setting(
            "address-share",
            \.limits.addressShare,
            .hundredths,
            "the hundredths of connections and body-memory that one address may hold; for IPv6, a network of 64 bits"
        ),
        Setting(
            "proxies",
            list: \.limits.proxies,
            .addressRange,
            "the addresses of reverse proxies, which may hold everything"
        ),
        Setting("head-timeout", \.timeouts.header, .duration(waiting), "how long a request's head may take to arrive"),
        Setting("body-timeout", \.timeouts.body, .duration(waiting), "how long a request's body may take to arrive"),
        Setting("idle-timeout", \.timeouts.idle, .duration(waiting), "how long a connection may stay open unused"),
        Setting("commit-timeout", \.timeouts.commit, .duration(waiting), "how long a commit may take before a 503"),
        Setting(
            "retry-after",
            \.retryAfter,
            .duration(.seconds(1)...(.seconds(3600))),
            "when a sender is told to come back after a 503"
        ),
        Setting(
            "shutdown-grace",
            \.timeouts.shutdown,
            .duration(.zero...(.seconds(600))),
            "how long requests under way may go on after a stop"
        ),
    ]

    private static let waiting: ClosedRange<Duration> = .milliseconds(100)...(.seconds(600))

    /// The path of the certificate; the key's is empty until it is read too, and checked then.
    var certificate: String? {
        get { tls.flatMap { $0.certificatePath.isEmpty ? nil : $0.certificatePath } }
        set { tls = TLSFiles(certificatePath: newValue ?? "", keyPath: tls?.keyPath ?? "") }
    }

    /// The path of the certificate's key; the certificate's is empty until it is read too, and checked then.
    var key: String? {
        get { tls.flatMap { $0.keyPath.isEmpty ? nil : $0.keyPath } }
        set { tls = TLSFiles(certificatePath: tls?.certificatePath ?? "", keyPath: newValue ?? "") }
    }
}

extension AdminAddress {
    /// The keys of `admin`.
    package static let settings: [Setting<AdminAddress>] = [
        Setting(
            "host",
            \.host,
            .host,
            "the address of metrics, health and the console; the first two may be read by anybody who reaches it"
        ),
        Setting("port", \.port, .port, "the port of metrics, health and the console"),
    ]
}

extension WorkerConfiguration {
    /// The keys of `worker`.
    package static let settings: [Setting<WorkerConfiguration>] = [
        Setting(
            "concurrency",
            \.attemptsPerHandler,
            .number(1...4096),
            "attempts of one handler that run at the same time"
        ),
        Setting(
            "in-flight",
            \.deliveriesInFlight,
            .number(1...1_000_000),
            "the most deliveries claimed and not yet settled"
        ),
        Setting(
            "memory",
            \.bytesInFlight,
            .bytes(.mebibytes(1)...(.mebibytes(65_536))),
            "how much memory claimed deliveries may take"
        ),
        Setting(
            "detach-after",
            \.detachAfter,
            .duration(.milliseconds(50)...(.seconds(60))),
            "the age of a batch at which its unfinished jobs leave it"
        ),
        Setting(
            "cancellation-grace",
            \.cancellationGrace,
            .duration(.zero...(.seconds(600))),
            "how long a cancelled handler may go on before its slot is given away"
        ),
        Setting(
            "shutdown-grace",
            \.shutdownGrace,
            .duration(.zero...(.seconds(3600))),
            "how long running attempts may go on after a stop"
        ),
        Setting(
            "lease",
            \.lease,
            .duration(.seconds(2)...(.seconds(3600))),
            "after how long a silent worker is taken for dead; the same for all workers"
        ),
        Setting("claim-interval", \.claimInterval, .duration(looking), "how often batches are looked for unasked"),
        Setting("retry-interval", \.retryInterval, .duration(looking), "how often due retries are looked for"),
    ]

    private static let looking: ClosedRange<Duration> = .milliseconds(10)...(.seconds(60))
}

extension Retention {
    /// The keys of `retention`.
    package static let settings: [Setting<Retention>] = [
        Setting(
            "deliveries",
            \.deliveries,
            .duration(.seconds(86_400)...(.seconds(3650 * 86_400))),
            "how long settled deliveries are kept"
        ),
        Setting(
            "idempotency-keys",
            \.idempotencyKeys,
            .duration(.seconds(8 * 86_400)...(.seconds(3650 * 86_400))),
            "how long duplicates are recognised; senders retry for almost 7 days"
        ),
        Setting(
            "dead-letters",
            \.deadLetters,
            .durationOrKeep(.seconds(86_400)...(.seconds(3650 * 86_400))),
            "when dead letters are discarded that nobody replayed; 'keep' leaves them to people"
        ),
    ]
}
