import Glibc
import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("A worker whose clock is wrong", .timeLimit(.minutes(10)))
struct ShiftedClockTests {
    private static let compiler: String? = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"]
        .first { (path: String) in access(path, X_OK) == 0 }

    @Test(
        "by an hour retries and settles like its neighbour, and neither takes the other for dead",
        .enabled(if: compiler != nil, "a library that shifts the clock takes a C compiler"),
        arguments: [3600, -3600]
    )
    func shifted(by seconds: Int) async throws {
        let keys = (1...150).map { "clock-\($0)" }
        let failing = [
            "TESTWORKER_FAIL_SEED": "8", "TESTWORKER_ATTEMPTS": "12", "TESTWORKER_DELAY": "20",
            "POSTROOM_WORKER_CONCURRENCY": "4", "POSTROOM_WORKER_IN_FLIGHT": "16",
        ]
        try await Scene.with { scene in
            let library = try await Self.makeLibrary(shifting: seconds, in: scene.folder)
            let wrong = failing.merging(["LD_PRELOAD": library]) { $1 }
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                try await scene.serve(handlers: ["crm", "audit"], role: "worker", environment: wrong) { shifted in
                    try await scene.serve(handlers: ["crm", "audit"], role: "worker", environment: failing) { other in
                        try await scene.database.waitForWorkers(2)
                        try await producer.send(keys)
                        try await scene.database.waitUntilDrained(within: .seconds(30))
                        let isShifted = scene.journal.endings.map { abs($0.microseconds - Self.now()) > 1_800_000_000 }
                        #expect(isShifted.contains(true), "one clock has to be wrong")
                        #expect(isShifted.contains(false), "one clock has to be right")
                        let processes = Set(scene.journal.runs.map(\.process))
                        #expect(try await processes == [shifted.processID(), other.processID()], "both have to work")
                        for worker in [shifted, other] {
                            #expect(try await worker.stop() == .exited(0))
                            #expect(worker.log.first("rescued the claims of silent workers") == nil)
                            #expect(worker.log.entries.allSatisfy { $0.level != "error" }, "\(worker.log.tail)")
                        }
                    }
                }
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                #expect(scene.journal.repeated == 0)
                let skewed = "settled_at NOT BETWEEN now() - interval '5 min' AND now()"
                #expect(try await scene.database.count("SELECT count(*) FROM postroom.handled WHERE \(skewed)") == 0)
            }
        }
    }

    private static func now() -> Int64 {
        Int64(time(nil)) * 1_000_000
    }

    /// Makes a library that, loaded before all others, puts the clock of the day wrong, and leaves the monotonic one.
    private static func makeLibrary(shifting seconds: Int, in folder: TestFolder) async throws -> String {
        let source = try folder.write(
            """
            #define _GNU_SOURCE
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>
            int clock_gettime(clockid_t clock, struct timespec *now) {
                int result = syscall(SYS_clock_gettime, clock, now);
                if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += \(seconds);
                return result;
            }
            int gettimeofday(struct timeval *restrict now, void *restrict zone) {
                struct timespec precise;
                if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
                now->tv_sec = precise.tv_sec;
                now->tv_usec = precise.tv_nsec / 1000;
                return 0;
            }
            time_t time(time_t *result) {
                struct timespec precise;
                clock_gettime(CLOCK_REALTIME, &precise);
                if (result) *result = precise.tv_sec;
                return precise.tv_sec;
            }
            """,
            to: "clock.c"
        )
        let library = folder.file("clock.so")
        let arguments = ["-shared", "-fPIC", "-o", library, source]
        let made = try await Program(name: try #require(compiler), arguments: arguments).run(in: folder)
        guard made.status == .exited(0) else { throw Unexpected(made.errors) }
        return library
    }
}
