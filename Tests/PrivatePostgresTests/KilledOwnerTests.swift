import Glibc
import Subprocess
import SystemPackage
import Testing

@testable import PrivatePostgres

/// The owner is this test program itself, run a second time with only the test that holds a server.
private let heldDirectory = getenv("POSTROOM_TEST_HOLD").map { String(cString: $0) }

@Suite("The owner of a private server", .timeLimit(.minutes(3)))
struct KilledOwnerTests {
    @Test("holds a server until it is killed", .enabled(if: heldDirectory != nil))
    func holdServer() async throws {
        let server = try await PrivatePostgres.start(PrivatePostgres.Settings(directory: heldDirectory))
        try await Task.sleep(for: .seconds(60))
        await server.stop()
    }

    @Test(
        "takes the server along when it is killed, and the next owner finds the data",
        .enabled(if: heldDirectory == nil)
    )
    func killedOwner() async throws {
        try await withTestFolder { directory in
            let data = "\(directory)/data"
            let result = try await Subprocess.run(
                .path("/proc/self/exe"),
                arguments: Arguments(ownerArguments()),
                environment: .inherit.updating(["POSTROOM_TEST_HOLD": directory]),
                input: .none,
                output: .discarded,
                error: .discarded,
                body: { owner in
                    let isUp = await eventually { PostmasterFile.read(in: data)?.isReady == true }
                    #expect(isUp)
                    // Read before the kill: the server is gone soon after it, and its file with it.
                    let id = PostmasterFile.read(in: data)?.processID
                    try owner.send(signal: .kill)
                    return id
                }
            )
            let id = try #require(result.closureResult)
            #expect(await eventually { kill(id, 0) == -1 })

            let next = try await PrivatePostgres.start(PrivatePostgres.Settings(directory: directory))
            #expect(try await ask(next, "SELECT 1") == "1")
            await next.stop()
        }
    }

    private func ownerArguments() -> [String] {
        var arguments: [String] = []
        var skipsNext = false
        for argument in CommandLine.arguments.dropFirst() {
            if skipsNext {
                skipsNext = false
            } else if argument == "--filter" || argument == "--skip" || argument == "--event-stream-output-path" {
                skipsNext = true
            } else {
                arguments.append(argument)
            }
        }
        return arguments + ["--filter", "holdServer"]
    }
}
