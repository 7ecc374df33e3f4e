import Crypto
import FoundationEssentials

extension [Secret] {
    /// Makes a key of each secret.
    ///
    /// - Parameter bytes: What the scheme takes of a secret.
    /// - Returns: The keys, in their order.
    /// - Throws: ``SecretProblem`` where there are no secrets, or one is empty or refused by the scheme.
    func keys(
        _ bytes: (Secret) throws(SecretProblem.Kind) -> [UInt8]
    ) throws(SecretProblem) -> [SymmetricKey] {
        guard !isEmpty else { throw SecretProblem(.noSecrets) }
        var keys: [SymmetricKey] = []
        for (index, secret) in enumerated() {
            let key: [UInt8]
            do throws(SecretProblem.Kind) {
                key = try bytes(secret)
            } catch {
                throw SecretProblem(error, position: index + 1)
            }
            guard !key.isEmpty else { throw SecretProblem(.empty, position: index + 1) }
            keys.append(SymmetricKey(data: key))
        }
        return keys
    }
}
