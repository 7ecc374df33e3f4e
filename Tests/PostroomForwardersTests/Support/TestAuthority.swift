import FoundationEssentials
import NIOSSL
import Subprocess
import SystemPackage

/// A certificate of a name, made for a test, which vouches for itself.
struct TestAuthority {
    /// The file of the certificate.
    let file: String
    /// The context of a server that has it.
    let context: NIOSSLContext

    /// Makes a certificate for the time of a body.
    static func with<Value>(name: String, _ body: (TestAuthority) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, key) = (folder.appending(path: "certificate.pem").path, folder.appending(path: "key.pem").path)
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key, "-out", file,
        ]
        let made = try await Subprocess.run(
            .name("openssl"),
            arguments: Arguments(arguments),
            output: .string(limit: 1 << 16),
            error: .combinedWithOutput
        )
        guard made.terminationStatus == .exited(0) else { throw NoCertificate(description: made.standardOutput) }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        )
        return try await body(TestAuthority(file: file, context: try NIOSSLContext(configuration: configuration)))
    }

    private struct NoCertificate: Error, CustomStringConvertible {
        let description: String
    }
}
