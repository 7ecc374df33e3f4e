/// The names of environment variables that stand for settings.
package enum EnvironmentName {
    /// What all of them start with.
    package static let prefix = "POSTROOM_"
    /// The variable that names the file.
    package static let file = "POSTROOM_CONFIG"

    /// The variable of a setting: its path with `_` between the names, `-` and `.` as `_`, in upper case.
    package static func of(_ path: [String]) -> String {
        prefix + part(path.joined(separator: "_"))
    }

    /// A piece of a name.
    package static func part(_ text: String) -> String {
        text.replacing("-", with: "_").replacing(".", with: "_").uppercased()
    }
}
