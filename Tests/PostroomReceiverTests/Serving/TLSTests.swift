import NIOSSL
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("TLS", .timeLimit(.minutes(3)))
struct TLSTests {
    private static func trusting(_ certificate: String) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))
        configuration.certificateVerification = .noHostnameVerification
        return try NIOSSLContext(configuration: configuration)
    }

    @Test("deliveries come over TLS, and plain HTTP gets nowhere there")
    func roundTrip() async throws {
        let certificate = try TestCertificate()
        let store = TestStore()
        let body = String(repeating: "x", count: 300_000)
        try await RunningReceiver.with(store, configure: { $0.tls = certificate.files }) { running in
            let trust = try Self.trusting(TestCertificate.certificate)
            let client = try await running.connect(tls: trust)
            #expect(try await client.ask(Requests.post(body: body)).status == 200)
            #expect(try await client.ask(Requests.post("/hooks/open", ["Connection: close"])).status == 200)
            #expect(await client.isHungUp())
            let tooLong = try await running.connect(tls: trust)
            #expect(
                try await tooLong.ask("POST /hooks/open HTTP/1.1\r\nContent-Length: 90000000\r\n\r\nx").status == 413
            )
            let plain = try await running.connect()
            try await plain.send(Requests.post())
            #expect(!(await plain.rest()).hasPrefix("HTTP"))
        }
        #expect(store.stored.map(\.body.count) == [300_000, 2])
        try certificate.remove()
    }

    @Test("a renewed certificate serves new connections; a faulty one is reported once and changes nothing")
    func renewal() throws {
        let files = try TestCertificate()
        let log = TestLog()
        let certificates = try TLSCertificates(files.files, logger: log.logger)
        let first = ObjectIdentifier(certificates.context)
        certificates.reload()
        #expect(ObjectIdentifier(certificates.context) == first)
        try files.write(certificate: TestCertificate.renewedCertificate, key: TestCertificate.key)
        certificates.reload()
        certificates.reload()
        #expect(ObjectIdentifier(certificates.context) == first)
        try files.write(certificate: TestCertificate.renewedCertificate, key: TestCertificate.renewedKey)
        certificates.reload()
        #expect(ObjectIdentifier(certificates.context) != first)
        #expect(
            log.lines.map(\.message) == ["The TLS certificate can't be renewed", "The TLS certificate was renewed"]
        )
        try files.remove()
    }

    @Test("a certificate that can't be used is an error that names the file")
    func unusable() throws {
        let missing = ReceiverConfiguration.TLSFiles(
            certificatePath: "/nowhere/certificate.pem",
            keyPath: "/nowhere/key.pem"
        )
        let error = #expect(throws: ReceiverError.self) { try TLSCertificates(missing, logger: TestLog().logger) }
        #expect(error?.kind == .unusableCertificate)
        #expect(error?.description.contains("/nowhere/certificate.pem") == true)
    }
}
