import ProgramHarness
import Subprocess
import Testing

@Suite("A body that says that it is compressed", .timeLimit(.minutes(10)))
struct CompressedTests {
    @Test("is kept as it was sent, a thousand times smaller than what it would become, and takes no more memory")
    func bomb() async throws {
        try await Scene.with { scene in
            let made = try await Program(
                name: "/bin/sh",
                arguments: ["-c", "head -c 268435456 /dev/zero | gzip | od -An -v -tx1 | tr -d ' \\n'"]
            )
            .run(in: scene.folder)
            #expect(made.status == .exited(0), "\(made.errors)")
            let digits = Array(made.output.utf8)
            let bomb = stride(from: 0, to: digits.count, by: 2)
                .compactMap { UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16) }
            #expect(bomb.count * 2 == digits.count)
            #expect((100_000...1_500_000).contains(bomb.count))

            let roomy = ["POSTROOM_ENDPOINTS_HOOKS_BODY_LIMIT": "2MiB"]
            try await scene.serve(handlers: ["crm"], environment: roomy) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(key: "before")
                try await scene.database.waitUntilDrained()
                let before = try await program.peakMemory()
                let keys = (1...5).map { "bomb-\($0)" }
                for key in keys {
                    let answer = try await sender.send(
                        key: key,
                        bytes: bomb,
                        headers: [(name: "Content-Encoding", value: "gzip")]
                    )
                    #expect(answer.status == 200, "\(answer.body)")
                }
                try await scene.database.waitUntilDrained()
                let after = try await program.peakMemory()
                print("a bomb of \(bomb.count) bytes: \(before) MiB before, \(after) MiB after")
                #expect(after - before < 64)
                let kept = try await scene.database.count(
                    """
                    SELECT count(*) FROM postroom.delivery WHERE idempotency_key LIKE 'bomb-%'
                        AND body = '\\x\(made.output)' AND position('gzip'::bytea IN headers) > 0
                    """
                )
                #expect(kept == keys.count)
                let ended = try await scene.database.handledPairs() + scene.database.deadPairs()
                #expect(ended.count == keys.count + 1)
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
