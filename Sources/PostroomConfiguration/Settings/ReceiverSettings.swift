package import PostroomReceiver

/// Where deliveries are received, and how much of them at once.
package struct ReceiverSettings: Hashable, Sendable {
    /// The address to listen on.
    package var host = "0.0.0.0"
    /// The port to listen on.
    package var port = 8080
    /// The file with the certificate chain, in PEM.
    package var certificate: String?
    /// The file with the certificate's private key, in PEM.
    package var key: String?
    /// The most open connections.
    package var connections = 10_000
    /// The most requests that are being received or committed; further ones are answered 503.
    package var inFlight = 4096
    /// How much memory the heads and bodies of requests may take; further ones, and the slowest, are answered 503.
    package var bodyMemory = ByteSize.mebibytes(64)
    /// How much of the connections and of that memory one address may hold, in hundredths.
    package var addressShare = 50
    /// The addresses that may hold everything, because many senders come by them.
    package var proxies = AddressRange.loopback
    /// How long a request's head may take to arrive.
    package var headTimeout: Duration = .seconds(10)
    /// How long a request's body may take to arrive.
    package var bodyTimeout: Duration = .seconds(30)
    /// How long a connection may stay open without a request.
    package var idleTimeout: Duration = .seconds(75)
    /// How long a commit may take before its requests are answered 503.
    package var commitTimeout: Duration = .seconds(15)
    /// What `Retry-After` says on a 503.
    package var retryAfter: Duration = .seconds(30)
    /// How long requests under way may go on after the program was told to stop.
    package var shutdownGrace: Duration = .seconds(10)

    /// The keys of the section.
    package static let table: [Setting<ReceiverSettings>] = [
        Setting("host", \.host, .host, "the address to listen on"),
        Setting("port", \.port, .port, "the port to listen on"),
        Setting("tls.certificate", optional: \.certificate, .path, "the certificate chain, in PEM; with tls.key"),
        Setting("tls.key", optional: \.key, .path, "the certificate's private key, in PEM; with tls.certificate"),
        Setting("connections", \.connections, .number(1...1_000_000), "the most open connections"),
        Setting("in-flight", \.inFlight, .number(1...1_000_000), "the most requests at once; more are answered 503"),
        Setting(
            "body-memory",
            \.bodyMemory,
            .size(.mebibytes(1)...(.mebibytes(65_536))),
            "how much memory heads and bodies may take; more, and the slowest, are answered 503"
        ),
        Setting(
            "address-share",
            \.addressShare,
            .number(1...100),
            "the hundredths of connections and body-memory that one address may hold; for IPv6, a network of 64 bits"
        ),
        Setting(
            "proxies",
            list: \.proxies,
            .addressRange,
            "the addresses of reverse proxies, which may hold everything"
        ),
        Setting("head-timeout", \.headTimeout, .duration(waiting), "how long a request's head may take to arrive"),
        Setting("body-timeout", \.bodyTimeout, .duration(waiting), "how long a request's body may take to arrive"),
        Setting("idle-timeout", \.idleTimeout, .duration(waiting), "how long a connection may stay open unused"),
        Setting("commit-timeout", \.commitTimeout, .duration(waiting), "how long a commit may take before a 503"),
        Setting(
            "retry-after",
            \.retryAfter,
            .duration(.seconds(1)...(.seconds(3600))),
            "when a sender is told to come back after a 503"
        ),
        Setting(
            "shutdown-grace",
            \.shutdownGrace,
            .duration(.zero...(.seconds(600))),
            "how long requests under way may go on after a stop"
        ),
    ]

    private static let waiting: ClosedRange<Duration> = .milliseconds(100)...(.seconds(600))
}
