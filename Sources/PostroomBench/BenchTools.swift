package import Logging

/// What a bench says while it runs.
package struct BenchTools: Sendable {
    /// Where the rooms that are measured log.
    package let logger: Logger
    /// Tells a person what is being done.
    package let progress: @Sendable (String) -> Void

    /// Puts the tools together.
    package init(logger: Logger, progress: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        self.progress = progress
    }
}
