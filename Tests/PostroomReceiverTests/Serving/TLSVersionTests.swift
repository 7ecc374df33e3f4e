import FoundationEssentials
import PostroomReceiver
import Subprocess
import SystemPackage
import Testing

@Suite("The versions of TLS", .timeLimit(.minutes(3)))
struct TLSVersionTests {
    /// The kinds of keys that a certificate can have.
    enum Key: CaseIterable {
        case elliptic
        case rsa
    }

    struct Offer: CustomTestStringConvertible, Sendable {
        let options: [String]
        let key: Key
        let isAccepted: Bool

        init(_ options: String, _ key: Key, isAccepted: Bool) {
            self.options = options.split(separator: " ").map(String.init)
            self.key = key
            self.isAccepted = isAccepted
        }

        var testDescription: String { "\(options.joined(separator: " ")), \(key): \(isAccepted ? "taken" : "refused")" }
    }

    /// Everything that this version of OpenSSL can offer, however weak.
    private static let all = "-cipher ALL:@SECLEVEL=0"

    @Test(
        "an offer is taken or refused as RFC 8996 and RFC 9325 want it",
        arguments: [
            Offer("-tls1 \(all)", .elliptic, isAccepted: false), Offer("-tls1 \(all)", .rsa, isAccepted: false),
            Offer("-tls1_1 \(all)", .elliptic, isAccepted: false), Offer("-tls1_1 \(all)", .rsa, isAccepted: false),
            Offer("-tls1_2 -cipher AES128-SHA:@SECLEVEL=0", .rsa, isAccepted: false),
            Offer("-tls1_2 -cipher AES256-SHA256:@SECLEVEL=0", .rsa, isAccepted: false),
            Offer("-tls1_2 -cipher AES128-GCM-SHA256", .rsa, isAccepted: false),
            Offer("-tls1_2 -cipher ECDHE-RSA-AES128-SHA", .rsa, isAccepted: false),
            Offer("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", .elliptic, isAccepted: false),
            Offer("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", .rsa, isAccepted: true),
            Offer("-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384", .rsa, isAccepted: true),
            Offer("-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", .rsa, isAccepted: true),
            Offer("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", .elliptic, isAccepted: true),
            Offer("-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", .elliptic, isAccepted: true),
            Offer("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", .elliptic, isAccepted: true),
            Offer("-tls1_2", .rsa, isAccepted: true), Offer("-tls1_3", .rsa, isAccepted: true),
            Offer("-tls1_3", .elliptic, isAccepted: true),
        ]
    )
    func offer(_ offer: Offer) async throws {
        let certificate = try await Self.certificate(offer.key)
        try await RunningReceiver.with(configure: { $0.tls = certificate.files }) { running in
            let result = try await Subprocess.run(
                .name("openssl"),
                arguments: Arguments(["s_client", "-connect", "127.0.0.1:\(running.port)", "-brief"] + offer.options),
                input: .none,
                output: .string(limit: 1 << 16),
                error: .combinedWithOutput
            )
            let said = result.standardOutput
            #expect((result.terminationStatus == .exited(0)) == offer.isAccepted, "\(said)")
            #expect(said.contains("CONNECTION ESTABLISHED") == offer.isAccepted, "\(said)")
            // That our side refused it, and not the client by itself.
            #expect(said.contains("SSL alert number") != offer.isAccepted, "\(said)")
        }
        try certificate.remove()
    }

    private static func certificate(_ key: Key) async throws -> TestCertificate {
        let certificate = try TestCertificate()
        guard key == .rsa else { return certificate }
        let arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1",
            "-keyout", certificate.files.keyPath, "-out", certificate.files.certificatePath,
        ]
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: Arguments(arguments),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        #expect(made.terminationStatus == .exited(0), "\(made.standardError)")
        return certificate
    }
}
