/// The reason why a receiver could not start.
package struct ReceiverError: Error, Hashable, CustomStringConvertible {
    /// The obstacle.
    package enum Kind: Hashable, Sendable {
        /// The address can't be listened on.
        case cannotListen
        /// The certificate or its key can't be used.
        case unusableCertificate
        /// The receiver ended, or was cancelled, before it listened.
        case neverListened
    }

    /// The obstacle.
    package let kind: Kind
    /// The trouble, its place, and its remedy.
    package let description: String

    static func cannotListen(host: String, port: Int, reason: String) -> ReceiverError {
        ReceiverError(
            kind: .cannotListen,
            description:
                "cannot listen on \(host), port \(port): \(reason); choose another receiver.host or receiver.port, "
                + "or end the program that holds it"
        )
    }

    static func unusableCertificate(path: String, reason: String) -> ReceiverError {
        ReceiverError(
            kind: .unusableCertificate,
            description:
                "cannot use the TLS file \(path): \(reason); give a readable PEM file and the key that belongs "
                + "to its certificate"
        )
    }

    static let neverListened = ReceiverError(
        kind: .neverListened,
        description: "the receiver ended before it listened; see the error of its run"
    )
}
