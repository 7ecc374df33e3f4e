import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The certificate that new connections are served with, renewed when its file is.
final class TLSCertificates: Sendable {
    private struct State {
        var context: NIOSSLContext
        var chain: [NIOSSLCertificate]
        var isFaulty = false
    }

    private let files: ReceiverConfiguration.TLSFiles
    private let state: Mutex<State>
    private let logger: Logger

    /// Reads the files; call it where blocking is allowed.
    init(_ files: ReceiverConfiguration.TLSFiles, logger: Logger) throws(ReceiverError) {
        self.files = files
        self.logger = logger
        let chain = try Self.chain(files)
        self.state = Mutex(State(context: try Self.context(chain, files), chain: chain))
    }

    /// The certificate and settings for the next connection.
    var context: NIOSSLContext {
        state.withLock { $0.context }
    }

    /// Looks at the files again every minute, on a thread of NIO's pool.
    func startReloading(on eventLoop: any EventLoop, every interval: TimeAmount = .minutes(1)) -> RepeatedTask {
        eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { self.reload() }
        }
    }

    /// Takes a changed certificate over; a faulty one is reported once, and the one in use stays.
    func reload() {
        do throws(ReceiverError) {
            let chain = try Self.chain(files)
            guard state.withLock({ $0.chain != chain }) else { return }
            let context = try Self.context(chain, files)
            state.withLock { $0 = State(context: context, chain: chain) }
            logger.notice("The TLS certificate was renewed")
        } catch {
            let wasFaulty = state.withLock { state in
                defer { state.isFaulty = true }
                return state.isFaulty
            }
            if !wasFaulty {
                logger.error("The TLS certificate can't be renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The suites of TLS 1.2, for either kind of certificate.
    private static let suites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private static func chain(_ files: ReceiverConfiguration.TLSFiles) throws(ReceiverError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMFile(files.certificatePath)
        } catch {
            throw .unusableCertificate(path: files.certificatePath, reason: "\(error)")
        }
    }

    private static func context(
        _ chain: [NIOSSLCertificate],
        _ files: ReceiverConfiguration.TLSFiles
    ) throws(ReceiverError) -> NIOSSLContext {
        do {
            let key = try NIOSSLPrivateKey(file: files.keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.applicationProtocols = ["http/1.1"]
            // RFC 8996 withdrew what is older; RFC 9325 recommends these suites for TLS 1.2: keys that are agreed anew for
            // each connection, and encryption that authenticates. Those of TLS 1.3 are all of that kind.
            configuration.minimumTLSVersion = .tlsv12
            configuration.cipherSuiteValues = Self.suites
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unusableCertificate(path: files.keyPath, reason: "\(error)")
        }
    }
}
