import PostroomCore
import Testing

@testable import PostroomCLI
@testable import PostroomInbox

@Suite("The status screen")
struct StatusReportTests {
    private static let now = moment("2026-05-31T12:00:00Z")

    private static func status(waiting: Int = 0, paused: Int = 0) -> InboxStatus {
        InboxStatus(
            waitingBatches: waiting,
            waitingDeliveries: waiting * 40,
            oldestWaiting: waiting > 0 ? .milliseconds(1400) : nil,
            deliveriesInFlight: 64,
            retriesWaiting: 1200,
            retriesDue: 3,
            retriesInFlight: 1,
            suspectsWaiting: 0,
            deadLetters: 5,
            workers: 1,
            handlers: 2,
            handlersPaused: paused,
            replaysRunning: 1,
            oldestOwed: .seconds(7200),
            oldestOwedHandler: "crm.sync",
            countedAt: moment("2026-05-31T11:59:55Z")
        )
    }

    private static func handler(
        _ name: HandlerName,
        isPaused: Bool = false,
        isOrphaned: Bool = false
    ) -> HandlerBacklog {
        HandlerBacklog(
            name: name,
            kind: "code",
            patterns: ["wacht:user.*"],
            isRemoved: false,
            isPaused: isPaused,
            retriesWaiting: 1200,
            retriesDue: 3,
            retriesInFlight: 1,
            nextDueAt: moment("2026-05-31T12:00:05Z"),
            deadLetters: 5,
            lastDiedAt: nil,
            isOrphaned: isOrphaned
        )
    }

    private static let busy = StatusReport(
        status: status(waiting: 3, paused: 1),
        deadLetters: [.init(handler: "crm.sync", reason: "exhausted", letters: 5)],
        handlers: [handler("audit", isPaused: true), handler("crm.sync")],
        workers: [
            WorkerStatus(
                id: WorkerID(rawValue: 12),
                label: "web-1/812",
                silentFor: .milliseconds(400),
                startedAt: moment("2026-05-31T08:00:00Z"),
                handlers: ["audit", "crm.sync"],
                batches: 1,
                deliveries: 64,
                oldestReceivedAt: moment("2026-05-31T11:59:59Z"),
                retries: 1
            )
        ],
        replays: [
            ReplaySummary(
                id: 3,
                kind: "dead-letters",
                state: "running",
                requestedAt: moment("2026-05-31T11:00:00Z"),
                requestedBy: "ops",
                expected: nil,
                moved: 120,
                looked: 0,
                rate: 500,
                canary: 20,
                stopPercent: 10,
                toHandler: nil,
                reason: "CRM is back",
                finishedAt: nil,
                note: nil,
                filter: #"{"handler": "crm.sync"}"#
            )
        ],
        groups: [
            LetterGroup(
                handler: "crm.sync",
                fingerprint: "3f2a",
                diedOf: "exhausted",
                letters: 5,
                firstDiedAt: moment("2026-05-31T10:00:00Z"),
                lastDiedAt: moment("2026-05-31T11:59:00Z"),
                sample: 9,
                error: "502 from CRM",
                types: ["user.created"],
                endpoints: ["wacht"],
                note: "ticket 12",
                author: "ops",
                notedAt: moment("2026-05-31T11:00:00Z")
            )
        ],
        rates: FlowRates(flows, now: now)
    )

    private static let flows = [
        flow("11:59", "request", "accepted", 120), flow("11:59", "request", "duplicate", 1),
        flow("11:59", "attempt", "handled", 110), flow("11:59", "attempt", "retried", 4),
        flow("11:59", "attempt", "dead", 3), flow("11:59", "death", "exhausted", 3),
        flow("11:58", "attempt", "ignored", 2), flow("12:00", "attempt", "handled", 5),
        flow("11:59", "attempt", "interrupted", 9), flow("11:59", "duration", "12", 9),
    ]

    private static func flow(_ minute: String, _ kind: String, _ detail: String, _ amount: Int) -> Flow {
        Flow(minute: moment("2026-05-31T\(minute):00Z"), kind: kind, name: "x", detail: detail, amount: amount)
    }

    @Test("everything that a person looks for is on one screen")
    func people() {
        let (data, notes) = written { Self.busy.write(to: $0, now: Self.now, asJSON: false) }
        #expect(
            data == """
                ! audit is paused, and 1,201 deliveries wait for it: 'postroom handlers resume'
                ! 5 dead letters wait for a decision: 'postroom dead-letters groups'

                lag           120 deliveries wait in 3 batches, the oldest for 1.4s
                owed          1,200 jobs beside the queue, 3 due, the oldest for 2h by crm.sync
                in flight     64 deliveries, 1 owed job
                dead letters  5
                handlers      2, 1 paused
                workers       1
                replays       1 running
                counted       5s ago
                last minute  120 received, 1 duplicates, 0 refused; 110 handled, 7 failed, 3 died
                last hour    120 received, 1 duplicates, 0 refused; 117 handled, 7 failed, 3 died

                dead letters
                group          letters  last                  error         note
                crm.sync/3f2a        5  2026-05-31T11:59:00Z  502 from CRM  ticket 12

                handlers
                name      state   waiting  due  in flight  dead letters
                audit     paused    1,200    3          1             5
                crm.sync  active    1,200    3          1             5

                workers
                id  label      silent for  batches  deliveries  retries
                12  web-1/812       400ms        1          64        1

                replays
                id  kind          state    of  moved  looked at     age  by   filter              note
                3   dead-letters  running   –    120          0  1h ago  ops  --handler crm.sync  –

                """
        )
        #expect(notes.isEmpty)
    }

    @Test("an inbox at rest is a few lines")
    func idle() {
        let report = StatusReport(status: Self.status(), deadLetters: [], handlers: [], workers: [], replays: [])
        let (data, _) = written { report.write(to: $0, now: Self.now, asJSON: false) }
        #expect(data.contains("\nlag           nothing waits\n"))
        #expect(data.split(separator: "\n").count == 9)
    }

    @Test("a long list is cut where it would leave the screen, and says how to see the rest")
    func cut() {
        var report = Self.busy
        report.handlers = (0..<30).map { Self.handler(HandlerName(rawValue: "handler-\($0)")) }
        let (data, _) = written { report.write(to: $0, now: Self.now, asJSON: false) }
        #expect(data.contains("\n… and 18 more: postroom handlers list\n"))
        #expect(!data.contains("handler-12 "))
    }

    @Test("machines get figures and whole lists under stable keys")
    func machines() {
        let json = Self.busy.json(now: Self.now)
        #expect(
            json.keys == [
                "waiting_batches", "waiting_deliveries", "oldest_waiting_seconds", "deliveries_in_flight",
                "retries_waiting", "retries_due", "retries_in_flight", "suspects_waiting", "dead_letters",
                "oldest_owed_seconds", "oldest_owed_handler", "counted_at", "needs", "rates", "dead_letter_totals",
                "dead_letter_groups", "handlers", "workers", "old_snapshots", "replays",
            ]
        )
        #expect(json["waiting_deliveries"] == 120)
        #expect(json["oldest_waiting_seconds"] == .number(1.4))
        #expect(json["dead_letter_totals"] == [["handler": "crm.sync", "reason": "exhausted", "letters": 5]])
        guard case .array(let workers) = json["workers"] else {
            Issue.record("workers is no array")
            return
        }
        #expect(
            workers.first?.keys == [
                "id", "label", "silent_seconds", "started_at", "handlers", "batches", "deliveries",
                "oldest_received_at", "retries",
            ]
        )
        #expect(workers.first?["silent_seconds"] == .number(0.4))
    }

    @Test("handlers that no worker has are told, as text and as JSON")
    func orphans() {
        var report = Self.busy
        report.handlers.append(Self.handler("lost", isOrphaned: true))
        guard case .array(let handlers) = report.json(now: Self.now)["handlers"] else {
            Issue.record("handlers is no array")
            return
        }
        #expect(handlers.map { $0["state"] } == ["paused", "active", "orphaned"])
        let (data, _) = written { report.write(to: $0, now: Self.now, asJSON: false) }
        #expect(
            data.hasPrefix(
                "! no living worker has lost, which is owed to 1,201 deliveries: deploy a worker that has it"
            )
        )
    }
}
