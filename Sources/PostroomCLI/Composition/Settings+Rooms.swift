import PostroomConfiguration
import PostroomInbox
import PostroomReceiver
import PostroomWorker

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension Retention {
    /// What the configuration says.
    init(_ settings: RetentionSettings) {
        self.init(deliveries: settings.deliveries, idempotencyKeys: settings.idempotencyKeys)
    }
}

extension WorkerConfiguration {
    /// What the configuration says, under the name of this process.
    init(_ settings: WorkerSettings) {
        self.init(label: Self.processLabel)
        deliveriesInFlight = settings.inFlight
        bytesInFlight = settings.memory.bytes
        attemptsPerHandler = settings.concurrency
        detachAfter = settings.detachAfter
        cancellationGrace = settings.cancellationGrace
        shutdownGrace = settings.shutdownGrace
        lease = settings.lease
        claimInterval = settings.claimInterval
        retryInterval = settings.retryInterval
    }

    /// The host's name and the process's number, for people; nothing is decided by it.
    private static var processLabel: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host):\(getpid())"
    }
}

extension ReceiverConfiguration {
    /// What the configuration says.
    init(_ configuration: ProgramConfiguration) {
        let settings = configuration.receiver
        var tls: TLSFiles?
        if let certificate = settings.certificate, let key = settings.key {
            tls = TLSFiles(certificatePath: certificate, keyPath: key)
        }
        self.init(host: settings.host, port: settings.port, tls: tls)
        limits.connections = settings.connections
        limits.requestsInFlight = settings.inFlight
        limits.bodyBytes = settings.bodyMemory.bytes
        limits.addressShare = Double(settings.addressShare) / 100
        limits.proxies = settings.proxies
        timeouts.header = settings.headTimeout
        timeouts.body = settings.bodyTimeout
        timeouts.idle = settings.idleTimeout
        timeouts.commit = settings.commitTimeout
        timeouts.shutdown = settings.shutdownGrace
        commits.inFlight = configuration.database.intakeConnections
        retryAfter = settings.retryAfter
    }
}
