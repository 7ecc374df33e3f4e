import Glibc
import Subprocess
import SystemPackage

@testable import PrivatePostgres

/// Lends a temporary folder that anyone can enter, and removes it.
func withTestFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let path = try Folder.makeTemporary()
    chmod(path, 0o755)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(path))
    } catch {
        result = .failure(error)
    }
    _ = try await Subprocess.run(.path("/bin/rm"), arguments: ["-rf", "--", path], output: .discarded)
    return try result.get()
}

/// Looks again and again for at most a minute, for what no signal announces: the end of processes not our children.
func eventually(_ condition: () -> Bool) async -> Bool {
    let limit = ContinuousClock.now + .seconds(60)
    while .now < limit {
        if condition() { return true }
        await ServerProcess.pause()
    }
    return condition()
}
