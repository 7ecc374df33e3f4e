import CLibrary
package import Subprocess
package import SystemPackage

/// A program of this package, as it is to be started.
package struct Program: Sendable {
    /// Its name in the build folder, or the path of a program of the system.
    package var name: String
    /// Its arguments.
    package var arguments: [String]
    /// The variables of its environment beside ours.
    package var environment: [String: String]
    /// The folder in which it is started; the test's own unless said.
    package var workingDirectory: String?

    /// Describes a program.
    package init(
        name: String,
        arguments: [String],
        environment: [String: String] = [:],
        workingDirectory: String? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
    }

    /// The plain tool, which has no handlers.
    package static func postroom(_ arguments: String..., environment: [String: String] = [:]) -> Program {
        Program(name: "postroom", arguments: arguments, environment: environment)
    }

    /// The program whose handlers do as its environment says.
    package static func worker(_ arguments: String..., environment: [String: String] = [:]) -> Program {
        Program(name: "TestWorker", arguments: arguments, environment: environment)
    }

    /// The path of the built program: beside the program that runs the tests.
    package var path: FilePath {
        get throws {
            guard !name.hasPrefix("/") else { return FilePath(name) }
            guard let own = realpath("/proc/self/exe", nil) else { throw Unexpected("no path: error \(errno)") }
            defer { free(own) }
            return FilePath(String(cString: own)).removingLastComponent().appending(name)
        }
    }

    /// The environment that it is started with.
    package var variables: Environment {
        .inherit.updating(
            environment.reduce(into: ["NO_COLOR": "1"]) { variables, variable in
                variables[Environment.Key(stringLiteral: variable.key)] = variable.value
            }
        )
    }

    /// The result of a program that has ended.
    package struct Result: Sendable {
        package let status: TerminationStatus
        package let output: String
        package let errors: String

        /// The output as JSON.
        package var json: JSONValue {
            get throws { try JSONValue(text: output) }
        }
    }

    /// Runs it to its end.
    package func run(in folder: TestFolder) async throws -> Result {
        var variables = self
        variables.environment["PWD"] = workingDirectory ?? folder.path
        let result = try await Subprocess.run(
            .path(try path),
            arguments: Arguments(arguments),
            environment: variables.variables,
            workingDirectory: FilePath(workingDirectory ?? folder.path),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22)
        )
        return Result(
            status: result.terminationStatus,
            output: result.standardOutput,
            errors: result.standardError
        )
    }
}
