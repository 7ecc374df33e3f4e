import PostroomCore
import Testing

@testable import PostroomCLI
@testable import PostroomInbox

@Suite("Single deliveries, dead letters and replays")
struct ShowTests {
    private static let now = moment("2026-05-31T12:00:00Z")

    private static let delivery = Delivery(
        id: DeliveryID(rawValue: 4096),
        endpoint: "billing",
        source: .hmacSHA256,
        eventType: "invoice.paid",
        idempotencyKey: "inv-1",
        receivedAt: moment("2026-05-31T11:58:00Z"),
        headers: Headers([("Content-Type", "application/json"), ("X-Signature-256", "sha256=00")]),
        body: Array(#"{"card":"4242"}"#.utf8)
    )

    private static let pairs = [
        PairRecord(
            handler: "crm.sync",
            state: "failed",
            at: moment("2026-05-31T11:58:01Z"),
            attempt: 1,
            duration: .milliseconds(1200),
            worker: 3,
            detail: "timed out"
        ),
        PairRecord(
            handler: "crm.sync",
            state: "owed",
            at: moment("2026-05-31T12:03:00Z"),
            attempt: 2,
            duration: nil,
            worker: nil,
            detail: nil
        ),
    ]

    private static func letter(history: String) -> DeadLetter {
        let summary = DeadLetterSummary(
            id: 7,
            deliveryID: delivery.id,
            handler: "crm.sync",
            endpoint: "billing",
            eventType: "invoice.paid",
            diedAt: moment("2026-05-31T11:59:00Z"),
            reason: "exhausted",
            failedAttempts: 2,
            error: "timed out"
        )
        return DeadLetter(summary: summary, delivery: delivery, history: history)
    }

    @Test("a delivery tells where it came from, what came with it and what became of it, and not what it holds")
    func deliveryForPeople() {
        let reason = Explanation(
            handler: "crm.sync",
            state: "owed",
            since: moment("2026-05-31T11:58:01Z"),
            reason: "retry in 3 m: timed out",
            command: nil,
            statement: nil
        )
        let view = DeliveryView(delivery: Self.delivery, reasons: [reason], pairs: Self.pairs)
        let (data, notes) = written { view.write(to: $0, now: Self.now, false) }
        #expect(
            data == """
                id               4096
                received         2026-05-31T11:58:00.000Z (2m ago)
                endpoint         billing
                source           hmac-sha256
                type             invoice.paid
                idempotency key  inv-1
                body             15 bytes

                headers
                  Content-Type: application/json
                  X-Signature-256: •••

                why
                handler   state  since                 why                      what helps
                crm.sync  owed   2026-05-31T11:58:01Z  retry in 3 m: timed out  –

                handlers
                at                    handler   state   attempt  took  worker  detail
                2026-05-31T11:58:01Z  crm.sync  failed        1  1.2s       3  timed out
                2026-05-31T12:03:00Z  crm.sync  owed          2     –       –  –

                """
        )
        #expect(notes.isEmpty)
    }

    @Test("a delivery for machines is one object with all of that")
    func deliveryForMachines() {
        let view = DeliveryView(delivery: Self.delivery, pairs: Self.pairs)
        let (data, _) = written { view.write(to: $0, now: Self.now, true) }
        #expect(
            data == """
                {
                  "id":4096,
                  "received_at":"2026-05-31T11:58:00.000Z",
                  "endpoint":"billing",
                  "source":"hmac-sha256",
                  "event_type":"invoice.paid",
                  "idempotency_key":"inv-1",
                  "body_bytes":15,
                  "unreadable":null,
                  "oddities":[],
                  "headers":[{"name":"Content-Type","value":"application/json"},\
                {"name":"X-Signature-256","value":"•••"}],
                  "why":[],
                  "handlers":[{"at":"2026-05-31T11:58:01.000Z","handler":"crm.sync","state":"failed","attempt":1,\
                "duration_seconds":1.2,"worker":3,"detail":"timed out"},{"at":"2026-05-31T12:03:00.000Z",\
                "handler":"crm.sync","state":"owed","attempt":2,"duration_seconds":null,"worker":null,"detail":null}]
                }

                """
        )
    }

    @Test("a delivery whose body can't be read says why, to people and to machines")
    func unreadableDelivery() {
        let reason = UnreadableReason(.notUTF8, at: .byte(17))
        let view = DeliveryView(delivery: Self.delivery, pairs: [], unreadable: reason)
        let (_, notes) = written { view.write(to: $0, now: Self.now, false) }
        #expect(notes == "unreadable: not UTF-8 (byte 17); only handlers of every event got it\n")
        let (data, _) = written { view.write(to: $0, now: Self.now, true) }
        #expect(data.contains(#""unreadable":"not UTF-8 (byte 17)""#))
    }

    static let odd: [(eventType: String, body: String, oddities: [String])] = [
        (
            "user.created",
            #"{"id":"e","type":"user.created","data":{"user_id":"u","email":["hunter2"]}}"#,
            [
                "created_at: expected a value, found none", "data.email: expected a string, found an array",
            ]
        ),
        (
            "user.created",
            #"{"id":"e","type":"user.created","created_at":"2026-05-31T11:58:00Z","data":{"user_id":{"hunter2":1}}}"#,
            ["no typed handler can take it: data.user_id: expected a string or an integer, found an object"]
        ),
        ("user.renamed", #"{"id":"e","type":"user.renamed","data":["hunter2"]}"#, []),
    ]

    @Test("a delivery says what in its body is odd, and quotes nothing of it", arguments: odd)
    func oddities(_ test: (eventType: String, body: String, oddities: [String])) {
        let delivery = Delivery(
            id: DeliveryID(rawValue: 4096),
            endpoint: "nyuchi",
            source: .nyuchi,
            eventType: test.eventType,
            idempotencyKey: "e",
            receivedAt: moment("2026-05-31T11:58:00Z"),
            headers: Headers(),
            body: Array(test.body.utf8)
        )
        let view = DeliveryView(delivery: delivery, pairs: [])
        let notes = written { view.write(to: $0, now: Self.now, false) }.notes
        #expect(notes == test.oddities.map { "odd: \($0)\n" }.joined())
        let json = written { view.write(to: $0, now: Self.now, true) }.data
        #expect(json.contains("\"oddities\":[\(test.oddities.map { "\"\($0)\"" }.joined(separator: ","))]"))
        #expect(!(notes + json).contains("hunter2"))
    }

    @Test("a delivery that no handler has had says so")
    func noPairs() {
        let view = DeliveryView(delivery: Self.delivery, pairs: [])
        #expect(
            written { view.write(to: $0, now: Self.now, false) }.data.hasSuffix("handlers\n  none has had it yet\n")
        )
    }

    @Test("a dead letter tells its delivery, its headers and every failed attempt")
    func letterForPeople() {
        let history = """
            [{"attempt": 1, "at": "2026-05-31T13:58:01.5+02:00", "seconds": 1.2, "error": "refused\\u001b[2J"},
             {"attempt": 2, "at": "2026-05-31T11:59:00+00:00", "seconds": 30, "error": "timed out"}]
            """
        let (data, _) = written {
            DeadLetterView(letter: Self.letter(history: history)).write(to: $0, now: Self.now, false)
        }
        #expect(data.contains("died             2026-05-31T11:59:00.000Z (1m ago)\n"))
        #expect(data.contains("\n  X-Signature-256: •••\n"))
        #expect(
            data.hasSuffix(
                """
                failed attempts
                attempt  at                    took  error
                      1  2026-05-31T11:58:01Z  1.2s  refused\\u{1b}[2J
                      2  2026-05-31T11:59:00Z   30s  timed out

                """
            )
        )
    }

    @Test("a dead letter for machines has its history as an array")
    func letterForMachines() {
        let history = #"[{"attempt": 1, "at": "2026-05-31T11:58:01+00:00", "seconds": 0.000498, "error": "no"}]"#
        let (data, _) = written {
            DeadLetterView(letter: Self.letter(history: history)).write(to: $0, now: Self.now, true)
        }
        #expect(
            data.contains(
                #""history":[{"attempt":1,"at":"2026-05-31T11:58:01.000Z","duration_seconds":0.000498,"error":"no"}]"#
            )
        )
        #expect(data.contains(#""delivery_id":4096"#))
    }

    @Test("a history that can't be read loses nothing else")
    func unreadableHistory() {
        let (data, notes) = written {
            DeadLetterView(letter: Self.letter(history: "{}")).write(to: $0, now: Self.now, false)
        }
        #expect(data.contains("error            timed out\n"))
        #expect(notes == "none is recorded\n")
    }

    @Test(
        "a replay's filter reads like the options that made it",
        arguments: [
            ("{}", "everything"),
            (#"{"handler": "crm.sync", "event_type": "user.created"}"#, "--type user.created --handler crm.sync"),
            (#"{"since": "2026-05-31T10:00:00+00:00"}"#, "--since 2026-05-31T10:00:00Z"),
            (#"{"died_of": "crash", "endpoint": "a"}"#, "--endpoint a --died-of crash"),
            (#"{"handler": "crm", "fingerprint": "3f2a"}"#, "--group crm/3f2a"),
            (#"{"ids": [1, 2]}"#, "--id 1 --id 2"),
            (#"{"ids": [1, 2, 3, 4, 5, 6, 7]}"#, "--id 1 --id 2 --id 3 --id 4 --id 5 and 2 others"),
            ("nonsense", "?"),
        ]
    )
    func replayFilter(json: String, words: String) {
        #expect(ReplayFilterText(reading: json).words == words)
    }

    @Test("a replay's filter for machines has every key")
    func replayFilterForMachines() {
        let json = ReplayFilterText(reading: #"{"ids": [1], "since": "2026-05-31T12:00:00+02:00"}"#).json
        #expect(
            String(decoding: json.line, as: UTF8.self) == """
                {"endpoint":null,"event_type":null,"handler":null,"fingerprint":null,"died_of":null,\
                "since":"2026-05-31T10:00:00.000Z","until":null,"ids":[1]}
                """
        )
    }

    @Test("a single replay has its age beside its time, and is the same object as in the list")
    func replay() {
        let replay = ReplaySummary(
            id: 3,
            kind: "deliveries",
            state: "running",
            requestedAt: moment("2026-05-31T11:00:00Z"),
            requestedBy: "ops",
            expected: nil,
            moved: 1200,
            looked: 1_000_000,
            rate: 500,
            canary: 20,
            stopPercent: 10,
            toHandler: nil,
            reason: "CRM is back",
            finishedAt: nil,
            note: "waits for the first 20 of crm to be tried",
            filter: #"{"endpoint": "billing"}"#
        )
        let (data, _) = written { $0.show(replay, ReplayColumns.item(now: Self.now), asJSON: false) }
        #expect(
            data == """
                id          3
                kind        deliveries
                state       running
                of          –
                moved       1,200
                looked at   1,000,000
                requested   2026-05-31T11:00:00.000Z (1h ago)
                by          ops
                finished    –
                filter      --endpoint billing
                rate        500
                canary      20
                stops if    failed>10%
                to handler  –
                reason      CRM is back
                note        waits for the first 20 of crm to be tried

                """
        )
        #expect(ReplayColumns.item(now: Self.now).object(replay) == ReplayColumns.all(now: Self.now).object(replay))
    }
}
