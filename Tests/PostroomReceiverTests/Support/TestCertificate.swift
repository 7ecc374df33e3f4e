import FoundationEssentials
import PostroomReceiver

/// A self-signed certificate for 127.0.0.1, valid until 2125, and its key; they protect nothing.
struct TestCertificate {
    let files: ReceiverConfiguration.TLSFiles
    private let folder: String

    /// Writes the files into a folder of their own.
    init(certificate: String = Self.certificate, key: String = Self.key) throws {
        folder = FileManager.default.temporaryDirectory.path + "/postroom-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        files = ReceiverConfiguration.TLSFiles(
            certificatePath: folder + "/certificate.pem",
            keyPath: folder + "/key.pem"
        )
        try write(certificate: certificate, key: key)
    }

    /// Replaces the files' contents.
    func write(certificate: String, key: String) throws {
        try Data(certificate.utf8).write(to: URL(filePath: files.certificatePath))
        try Data(key.utf8).write(to: URL(filePath: files.keyPath))
    }

    func remove() throws {
        try FileManager.default.removeItem(atPath: folder)
    }

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBkDCCATagAwIBAgIUJ+F8UsDqrmWnE4KCGkseSLvAGp0wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTEzMDQxMloYDzIxMjUwNjE1
        MTMwNDEyWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAR2Vr/ryMkd4KY8uGdTEyCzCRMogiO+LUo3rpv6K8GR+j1B1FAF7r7I
        44E0xQLJtz4xoWsQdT2gQ+TTPtNQ0Z79o2QwYjAdBgNVHQ4EFgQUQH4tErbXc5ec
        zTBBBMoWqewl7/gwHwYDVR0jBBgwFoAUQH4tErbXc5eczTBBBMoWqewl7/gwDwYD
        VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
        IFZqXSXow2eVPufRUliT7Z3S481bYtr8YovtomjB4i5MAiEA+K9JebuaSCIlx+tX
        cei4bOJ9OHIpeJPCMiGQHjr0Z5o=
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgamlnfR8+pt3biTwO
        kk4VL7Qcb5chHjP0WrSGmQuNOK6hRANCAAR2Vr/ryMkd4KY8uGdTEyCzCRMogiO+
        LUo3rpv6K8GR+j1B1FAF7r7I44E0xQLJtz4xoWsQdT2gQ+TTPtNQ0Z79
        -----END PRIVATE KEY-----
        """

    /// Another pair, as a renewal brings it.
    static let renewedCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBjzCCATagAwIBAgIUcHpAJUDyAnDvJ192n6zzy2dXU1MwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMTEzMDQxMloYDzIxMjUwNjE1
        MTMwNDEyWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAATH3MsIj9w479Y2/OxCWGZIPQwLIUJYnlekKEl1dSQXiFwwVcl5GnBB
        D/K5LCrM4YzaqzfXMo5q4r/t+4TSC4Dso2QwYjAdBgNVHQ4EFgQUEplWLhkIaTtK
        pmEzhSUu/l5CBuMwHwYDVR0jBBgwFoAUEplWLhkIaTtKpmEzhSUu/l5CBuMwDwYD
        VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
        IGtn+s3+QLvVqwCleeH11nSVRxOKhFTqaZbXZusQtu8wAiBp1mVBNlC9IAuUf+qv
        GGDjPhnMlZXiUHvxEzoeibJ9MQ==
        -----END CERTIFICATE-----
        """

    static let renewedKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvOnM8JGSHGgBuIhE
        RrCR0UJIDyralNFy+l8eMgtN3g+hRANCAATH3MsIj9w479Y2/OxCWGZIPQwLIUJY
        nlekKEl1dSQXiFwwVcl5GnBBD/K5LCrM4YzaqzfXMo5q4r/t+4TSC4Ds
        -----END PRIVATE KEY-----
        """
}
