import PostroomConfiguration
import PostroomSources

@testable import PostroomCLI

/// Loads a file that exists only in the test, under the name `postroom.yaml`, with the sources that programs have.
func load(_ yaml: String, _ environment: [String: String] = [:]) throws(InvalidConfiguration) -> LoadedConfiguration {
    let loader = ConfigurationLoader(environment: environment, sources: .builtIn) {
        _ throws(FileProblem) in
        BoundedFile(bytes: Array(yaml.utf8))
    }
    return try loader.load(file: "postroom.yaml")
}
