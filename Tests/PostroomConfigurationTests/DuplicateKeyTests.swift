import Testing

@testable import PostroomConfiguration

@Suite("Keys that stand twice")
struct DuplicateKeyTests {
    @Test(
        "both lines are named, and everything else is still checked",
        arguments: [
            (
                "admin:\n  port: 1\n  host: x\n  port: 2\n",
                ["postroom.yaml:4:3: admin.port: stands here again; it is in line 2 already, keep one of the two"]
            ),
            (
                "admin: {port: 1}\nlog: {level: loud}\nadmin: {port: 2}\n",
                [
                    "postroom.yaml:2:14: log.level: found 'loud'; expected one of trace, debug, info, notice, warning, "
                        + "error, critical",
                    "postroom.yaml:3:1: admin: stands here again; it is in line 1 already, keep one of the two",
                ]
            ),
            (
                "endpoints:\n  a: {source: wacht, secrets: [env:A]}\n  \"a\": {source: wacht, secrets: [env:A]}\n",
                ["postroom.yaml:3:3: endpoints.a: stands here again; it is in line 2 already, keep one of the two"]
            ),
            (
                "admin: {port: 1, port: 2, port: 3}\n",
                ["postroom.yaml:1:27: admin.port: stands here again; it is in line 1 already, keep one of the two"]
            ),
            (
                "admin: {port: 1, port: 2}\nlog: {level: info, level: info}\n",
                [
                    "postroom.yaml:1:18: admin.port: stands here again; it is in line 1 already, keep one of the two",
                    "postroom.yaml:2:20: log.level: stands here again; it is in line 1 already, keep one of the two"
                        .replacing("line 1", with: "line 2"),
                ]
            ),
            (
                "{\"\": 1, \"\": 2}\n",
                [
                    "postroom.yaml:1:2: unknown key; the keys here are database, receiver, admin, worker, retention, "
                        + "dead-letters, log, endpoints and handlers",
                    "postroom.yaml:1:9: stands here again; it is in line 1 already, keep one of the two",
                ]
            ),
        ]
    )
    func duplicates(yaml: String, expected: [String]) {
        #expect(problems(yaml) == expected)
    }
}
