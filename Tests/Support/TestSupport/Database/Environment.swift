package import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The value of an environment variable, or `nil` where it is not set or empty.
func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

extension Logger {
    /// A logger that tells nothing.
    package static var silent: Logger {
        Logger(label: "postroom.test") { _ in SwiftLogNoOpLogHandler() }
    }
}
