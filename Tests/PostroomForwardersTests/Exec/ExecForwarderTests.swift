import CLibrary
import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomForwarders

@Suite("Forwarding to a program", .timeLimit(.minutes(3)))
struct ExecForwarderTests {
    /// Makes a forwarder to a script of a shell, which only a test needs.
    private func script(
        _ text: String,
        path: String? = nil,
        variables: [(name: String, value: Sensitive<String>)] = []
    ) -> ExecForwarder {
        var variables = variables
        if let path {
            variables.append((name: "PATH", value: Sensitive(path)))
        }
        return ExecForwarder(command: ["/bin/sh", "-c", text, "script"], variables: variables)
    }

    @Test(
        "an exit status decides over the attempt",
        arguments: [
            (ProgramExit.status(0), nil, nil), (.status(1), "exited with 1", nil),
            (.status(65), "exited with 65: the event can't be handled", HandlerError.permanent("")),
            (.status(75), "exited with 75: to be tried again later", .retry(after: .seconds(9))),
            (.status(100), "exited with 100", nil), (.status(127), "exited with 127", nil),
            (.signal(9), "was ended by signal 9", nil),
        ] as [(ProgramExit, String?, HandlerError?)]
    )
    func verdict(_ exit: ProgramExit, _ words: String?, _ treatment: HandlerError?) {
        let failure = ExitVerdict.failure(exit, retryAfter: .seconds(9))
        #expect(failure?.description == words)
        switch (failure?.treatment, treatment) {
        case (.permanent, .permanent): break
        case (let given, let expected): #expect(given == expected)
        }
    }

    @Test("a program gets the body on its standard input, and a small environment")
    func environment() async throws {
        let text = #"""
            printf 'body '; /bin/cat
            /usr/bin/env | /usr/bin/sort
            exit 1
            """#
        let context = attempt(
            "né\u{1F600}",
            headers: [
                (name: "content-type", value: "text/plain"), (name: "traceparent", value: "00-4bf9-00f0-01"),
            ],
            number: 2,
            key: "a key"
        )
        let failure = try await failed(
            of: script(text, variables: [(name: "API_TOKEN", value: Sensitive("abc"))]),
            context
        )
        let said = try #require(failure?.evidence?.replacing("\\n", with: "\n"))
        #expect(said.hasPrefix("body né\u{1F600}"))
        let names = said.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) }
        let own = names.filter { !["PWD", "SHLVL", "_", "OLDPWD"].contains($0) }
        #expect(
            own == [
                "body né\u{1F600}API_TOKEN", "POSTROOM_ATTEMPT", "POSTROOM_CONTENT_TYPE", "POSTROOM_DELIVERY_ID",
                "POSTROOM_ENDPOINT", "POSTROOM_EVENT_TYPE", "POSTROOM_HANDLER", "POSTROOM_IDEMPOTENCY_KEY",
                "POSTROOM_SENDER_KEY", "POSTROOM_SOURCE", "TRACEPARENT",
            ]
        )
        #expect(said.contains("POSTROOM_ATTEMPT=2\n"))
        #expect(said.contains("POSTROOM_SENDER_KEY=a%20key\n"))
        #expect(said.contains("POSTROOM_CONTENT_TYPE=text/plain\n"))
    }

    @Test("a program that reads nothing of its input has handled the event if it says so")
    func closedInput() async throws {
        let body = String(repeating: "x", count: 4 << 20)
        #expect(try await failed(of: script("exec <&-; exit 0"), attempt(body)) == nil)
        #expect(try await failed(of: script("exit 3"), attempt(body))?.description == "exited with 3")
    }

    @Test("a large body reaches a program whole, while it talks much")
    func large() async throws {
        let body = String(repeating: "0123456789abcdef", count: 1 << 18)
        let text = #"""
            count=$(/bin/cat | /usr/bin/tee /dev/stderr | /usr/bin/wc -c)
            [ "$count" = \#(body.utf8.count) ]
            """#
        #expect(try await failed(of: script(text, path: "/usr/bin:/bin"), attempt(body)) == nil)
    }

    @Test("the first kilobyte of what a failed program wrote is kept, both its outputs")
    func output() async throws {
        let text = "echo first >&2; echo second; /usr/bin/head -c 3000000 /dev/zero | /usr/bin/tr '\\0' y; exit 1"
        let evidence = try #require(try await failed(of: script(text))?.evidence)
        #expect(evidence.hasPrefix("first\\nsecond\\nyyyy"))
        #expect(evidence.hasSuffix("y…"))
        #expect((1024...1040).contains(evidence.utf8.count))
    }

    @Test("a program is killed with its whole group when its attempt is cancelled")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "started").path
        // Both ignore what asks them to end; the child holds the output open too.
        let text = #"""
            trap '' TERM INT HUP
            /bin/sh -c 'trap "" TERM INT HUP; while :; do /bin/sleep 1; done' &
            echo $$ $! > "$0.new"; /bin/mv "$0.new" "$0"
            wait
            """#
        let forwarder = ExecForwarder(command: ["/bin/sh", "-c", text, file])
        let processes = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await forwarder.forward(attempt()) }
            while access(file, F_OK) != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            // Would it wait for the child, it would wait until the limit of the suite.
            group.cancelAll()
            try await group.waitForAll()
            let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            return text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        }
        #expect(processes.count == 2)
        for process in processes {
            let end = ContinuousClock.now + .seconds(60)
            while isAlive(process), .now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(!isAlive(process))
        }
    }

    /// True unless the process is gone, or dead and only not yet taken note of.
    private func isAlive(_ process: Int32) -> Bool {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
        return !String(decoding: data, as: UTF8.self).contains(") Z ")
    }

    @Test("what a program leaves running does not hold its attempt up")
    func left() async throws {
        let started = ContinuousClock.now
        #expect(try await failed(of: script("/bin/sleep 90 & exit 0")) == nil)
        #expect(ContinuousClock.now - started < .seconds(80))
    }

    @Test("no shell reads the arguments")
    func literal() async throws {
        let forwarder = ExecForwarder(command: ["/bin/sh", "-c", "echo \"$1\"; exit 1", "script", "$(id) `id` ; *"])
        #expect(try await failed(of: forwarder)?.evidence == "$(id) `id` ; *\\n")
    }

    @Test("a program that is not there is a failure with words, and is told of before")
    func missing() async throws {
        let forwarder = ExecForwarder(command: ["/no/such/program"])
        #expect(try await failed(of: forwarder)?.description.hasPrefix("/no/such/program can't be run: ") == true)
        #expect(ExecForwarder.problem(withProgram: "/no/such/program")?.contains("No such file") == true)
        #expect(ExecForwarder.problem(withProgram: "program")?.contains("absolute") == true)
        #expect(ExecForwarder.problem(withProgram: "/bin/sh") == nil)
    }
}
