import PostroomSources

@testable import PostroomConfiguration

/// Loads a file that exists only in the test, under the name `postroom.yaml`.
func load(_ yaml: String?, _ environment: [String: String] = [:]) throws(InvalidConfiguration) -> LoadedConfiguration {
    let loader = ConfigurationLoader(environment: environment, sources: .builtIn) { path throws(FileProblem) in
        guard path == "postroom.yaml", let yaml else { throw FileProblem(code: 2) }
        return BoundedFile(bytes: Array(yaml.utf8))
    }
    return try loader.load(file: yaml == nil ? nil : "postroom.yaml")
}

/// The problems of a file and an environment: errors and warnings, a line each.
func problems(_ yaml: String?, _ environment: [String: String] = [:]) -> [String] {
    do throws(InvalidConfiguration) {
        return try load(yaml, environment).problems.map(\.description)
    } catch {
        return error.problems.map(\.description)
    }
}

/// Random numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
