package import PostroomCore

/// The configuration of a receiver: its address, its limits and its timeouts.
package struct ReceiverConfiguration: Hashable, Sendable {
    /// The address to listen on: a name or an IP address.
    package var host: String
    /// The port to listen on; 0 takes any free one.
    package var port: Int
    /// The beginning of requests' paths before `/hooks/`, such as `/webhooks`; paths without it are understood, too.
    package var pathPrefix = ""
    /// The certificate to speak TLS with; `nil` for plain HTTP.
    package var tls: TLSFiles?
    /// The most that may be held at once.
    package var limits = Limits()
    /// The times that the slow are waited for.
    package var timeouts = Timeouts()
    /// The making of commits.
    package var commits = Commits()
    /// The time after which a sender that was answered 503 should come again.
    package var retryAfter: Duration = .seconds(30)
    /// The number of event loops that serve connections; at least 1.
    package var eventLoops: Int

    /// Listens at an address; everything else has a default.
    ///
    /// - Parameters:
    ///   - host: The address to listen on: a name or an IP address.
    ///   - port: The port to listen on; 0 takes any free one.
    ///   - tls: The certificate to speak TLS with; `nil` for plain HTTP.
    ///   - eventLoops: The number of event loops that serve connections.
    package init(host: String = "0.0.0.0", port: Int = 8080, tls: TLSFiles? = nil, eventLoops: Int = 2) {
        self.host = host
        self.port = port
        self.tls = tls
        self.eventLoops = eventLoops
    }

    /// A certificate chain and its key, in PEM files.
    ///
    /// They are looked at again every minute; a renewed pair serves the connections that are opened after that.
    package struct TLSFiles: Hashable, Sendable {
        /// The path of the certificate, followed by its intermediates.
        package var certificatePath: String
        /// The path of the private key.
        package var keyPath: String

        /// Names the files.
        package init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// The most that may be held at once; anything more is answered 503, or 431 for header fields.
    package struct Limits: Hashable, Sendable {
        /// The longest header field, name and value, in bytes.
        package var headerFieldBytes = 16 * 1024
        /// The longest head of a request, in bytes.
        package var headerBytes = 64 * 1024
        /// The most header fields of a request.
        package var headerFields = 128
        /// The most connections.
        ///
        /// Once three quarters are open, those without a whole head are closed after two seconds. The process's limit of
        /// open files lowers it.
        package var connections = 10_000
        /// The most verified requests that wait for their commit.
        package var requestsInFlight = 4096
        /// The most bytes of heads and bodies in memory, unfinished ones included.
        ///
        /// An unfinished head counts twice. Where five eighths are taken, the slowest senders are answered 503 until half
        /// is free again: those of addresses that hold much before others, and nobody in its first second.
        package var bodyBytes = 64 * 1024 * 1024
        /// The part, from 0 to 1, of the connections and of ``bodyBytes`` that one address may hold.
        ///
        /// Of IPv6, all addresses of a network of 64 bits count as one. Its memory counts until its request is complete.
        package var addressShare = 0.5
        /// The addresses that may hold everything, because many senders come by them: reverse proxies, load balancers.
        package var proxies = AddressRange.loopback
        /// The most unanswered requests of one connection; it is not read from until one of them is answered.
        package var pipelinedRequests = 16

        /// Sets the defaults.
        package init() {}
    }

    /// The times that the slow are waited for.
    package struct Timeouts: Hashable, Sendable {
        /// The time a head may take, and a new connection to send its first one, TLS handshake included.
        package var header: Duration = .seconds(10)
        /// The time a body may take.
        package var body: Duration = .seconds(30)
        /// The time in which a body must make progress.
        package var bodyProgress: Duration = .seconds(5)
        /// The bytes that count as progress.
        package var bodyProgressBytes = 1024
        /// The time a connection may stay open between requests.
        package var idle: Duration = .seconds(75)
        /// The time a connection is read from after its last response, so that the sender can read that response while it
        /// still sends.
        package var linger: Duration = .seconds(2)
        /// The time a request waits for its commit before it is answered 503; the commit itself goes on.
        package var commit: Duration = .seconds(15)
        /// The time that requests have to end at a graceful shutdown.
        package var shutdown: Duration = .seconds(10)

        /// Sets the defaults.
        package init() {}
    }

    /// The making of commits.
    package struct Commits: Hashable, Sendable {
        /// The number of commits that run at once; at least 1, and no more than the store has connections for intake.
        package var inFlight = 2
        /// The most requests in a commit, 1 to 256.
        package var requests = 256
        /// The bytes of bodies beyond which a commit takes no further request.
        package var bytes = 4 * 1024 * 1024

        /// Sets the defaults.
        package init() {}
    }
}
