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
            replaysRunning: 1
        )
    }

    private static func handler(
        _ name: HandlerName,
        isPaused: Bool = false,
        isOrphaned: Bool = false
    ) -> HandlerBacklog {
        HandlerBacklog(
            name: name,
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
        ]
    )

    @Test("everything that a person looks for is on one screen")
    func people() {
        let (data, notes) = written { Self.busy.write(to: $0, now: Self.now, asJSON: false) }
        #expect(
            data == """
                lag           120 deliveries wait in 3 batches, the oldest for 1.4s
                in flight     64 deliveries, 1 retry
                retries       1,200 waiting, 3 due
                dead letters  5
                handlers      2, 1 paused
                workers       1
                replays       1 running

                dead letters
                handler   reason     letters
                crm.sync  exhausted        5

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
        #expect(data.hasPrefix("lag           nothing waits\n"))
        #expect(data.split(separator: "\n").count == 7)
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
                "dead_letter_totals", "handlers", "workers", "old_snapshots", "replays",
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
    }
}
