/// The names of environment variables that stand for settings.
enum EnvironmentName {
    /// What all of them start with.
    static let prefix = "POSTROOM_"
    /// The variable that names the file.
    static let file = "POSTROOM_CONFIG"

    /// The variable of a setting: its path with `_` between the names, `-` and `.` as `_`, in upper case.
    static func of(_ path: [String]) -> String {
        prefix + part(path.joined(separator: "_"))
    }

    /// A piece of a name.
    static func part(_ text: String) -> String {
        text.replacing("-", with: "_").replacing(".", with: "_").uppercased()
    }
}
