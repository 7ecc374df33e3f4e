import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomChaos

@Suite("What nodes write down")
struct EvidenceTests {
    private let life = LifeID(node: 1, life: 2)

    @Test("a journal tells which runs began, and how those ended that did")
    func journal() {
        let text = """
            B 100 256 1 - chaos.quick
            B 110 257 1 - chaos.quick
            E 120 256 1 handled chaos.quick
            B 130 256 2 - chaos.quick
            E 140 256 2 overran chaos.quick
            E 15
            """
        let runs = JournalReader.runs(in: text, of: life)
        #expect(runs.map(\.pair.delivery.rawValue) == [256, 257, 256])
        #expect(runs.map(\.attempt) == [1, 1, 2])
        #expect(runs.map { $0.end?.outcome } == [.handled, nil, .overran])
        #expect(runs.map { $0.end?.at.rawValue } == [120, nil, 140])
        #expect(runs.allSatisfy { $0.life == life })
    }

    @Test("a log tells the worker's identities, its late settlements and whom it rescued")
    func log() {
        let text = """
            {"time":"2026-03-01T09:30:00.042Z","level":"info","message":"registered","worker":"3"}
            {"time":"2026-03-01T09:30:01.000Z","level":"info","message":"attempt failed","worker":"9"}
            {"time":"2026-03-01T09:30:02.000Z","level":"warning","message":"a settlement came too late","claims":"2"}
            {"time":"2026-03-01T09:30:03.000Z","level":"notice","message":"rescued the claims of silent workers",\
            "workers":["4","5"],"batches":"1","retries":"0"}
            {"time":"2026-03-01T09:30:04.000Z","level":"info","message":"registered","worker":"6"}
            {"time":"2026-03-01T09:30:05.000Z","level":"info","message":"regis
            """
        let log = NodeLog(text: text)
        #expect(log.workers.map(\.rawValue) == [3, 6])
        #expect(log.lateSettlements == 2)
        #expect(log.rescued.keys.map(\.rawValue).sorted() == [4, 5])
        #expect(log.rescued[WorkerID(rawValue: 4)] == Timestamp(rawValue: 825_672_603_001_000))
    }

    @Test("a secret is recognized as text, as an array of bytes, in hexadecimal and in base64", arguments: 0..<3)
    func leaks(place: Int) {
        let body = Array((String(repeating: "x", count: place) + "a secret").utf8)
        let forms = LeakedForms.all(of: ["secret"])
        for text in [String(decoding: body, as: UTF8.self), "\(body)", Data(body).base64EncodedString()] {
            #expect(forms.contains { text.contains($0.text) }, "\(text)")
        }
        #expect(forms.contains { "06A736563726574".lowercased().contains($0.text) })
        #expect(LeakedForms.first(of: forms, in: "\(body)") == "an array")
        #expect(LeakedForms.first(of: forms, in: "a sec ret, 115, 101") == nil)
    }

    @Test("a recovery counts from what may take the longest of what disturbed it before it was complete")
    func recovery() {
        let records = FaultRecords()
        records.change { state in
            state.recoveries = [
                (.kill, GoodLedger.at(1000), GoodLedger.at(3000)), (.crash, GoodLedger.at(2500), nil),
            ]
        }
        records.interrupted(.crash, from: GoodLedger.at(2000), to: GoodLedger.at(2500))
        records.interrupted(.freeze, life, from: GoodLedger.at(2800), to: GoodLedger.at(9000))
        let recoveries = records.recoveries(lease: .seconds(3), patience: 2)
        #expect(recoveries.map(\.took) == [.milliseconds(500), nil])
        #expect(recoveries.map(\.bound) == [.seconds(22), .seconds(22)])
    }

    @Test(
        "a disturbance excuses a recovery only where it came in time",
        arguments: [
            // When the disturbances were, when all was well, and how long that took of what it may take.
            ([], 9000, 9000, 9500), ([9000], 12_000, 3000, 9500), ([9600], 12_000, 12_000, 9500),
            ([9000, 18_000], 20_000, 2000, 9500), ([9000, 19_000], 20_000, 11_000, 9500),
        ] as [([Int], Int, Int, Int)]
    )
    func overlapping(disturbances: [Int], recovered: Int, took: Int, bound: Int) {
        let records = FaultRecords()
        records.change { $0.recoveries = [(.kill, GoodLedger.at(0), GoodLedger.at(recovered))] }
        for moment in disturbances {
            records.interrupted(.hiccup, life, from: GoodLedger.at(moment), to: GoodLedger.at(moment))
        }
        var evidence = GoodLedger.evidence
        evidence.recoveries = records.recoveries(lease: .seconds(3), patience: 1)
        #expect(evidence.recoveries.map(\.took) == [.milliseconds(took)])
        #expect(evidence.recoveries.map(\.bound) == [.milliseconds(bound)])
        let findings = Oracle.judge(evidence).map(\.finding)
        #expect(findings == (took > bound ? ["took longer than its bound to recover"] : []))
    }
}
