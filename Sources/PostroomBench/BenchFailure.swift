/// Why a bench could not be carried out.
package struct BenchFailure: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
