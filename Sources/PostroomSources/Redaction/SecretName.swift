/// Names of members that tell of a secret, in any body: no table knows the fields of a generic source, or of an event
/// type that is newer than this version.
enum SecretName {
    /// The ends of such names, in lower case and without the marks between their words.
    private static let endings: [[UInt8]] = [
        "password", "passwd", "passphrase", "passwordhash", "secret", "token", "authorization", "apikey", "privatekey",
        "secretkey", "accesskey", "signingkey", "encryptionkey", "cookie", "setcookie", "mnemonic", "seedphrase",
        "privatemetadata", "otpurl", "cvv", "cvc", "cardnumber",
    ]
    .map { Array($0.utf8) }

    /// Returns true for a value that is hidden because of its name.
    ///
    /// Numbers are counts and ids, and a truth says only that there is a secret: they are shown.
    static func hides(_ value: JSONValue, under name: String) -> Bool {
        switch value.kind {
        case .number, .boolean, .null: return false
        case .string, .object, .array: break
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(name.utf8.count)
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): plain.append(byte | 0x20)
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: " "): continue
            default: plain.append(byte)
            }
        }
        return endings.contains { plain.suffix($0.count).elementsEqual($0) }
    }
}
