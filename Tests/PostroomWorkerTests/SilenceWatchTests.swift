import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("Silent workers")
struct SilenceWatchTests {
    /// A worker seen by looks a second apart, with a lease of ten.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The heartbeats that the looks bring; `nil` where a look fails.
        let heartbeats: [Int64?]
        /// The look from which on the database's clock calls it overdue.
        var overdueFrom = Int.max
        /// The time until looks are answered, where that is long.
        var slow: [Int: Int] = [:]
        /// Which look takes it for silent.
        let silentAt: Int?
    }

    static let cases = [
        Case(
            testDescription: "one that never beats is silent after a lease of looks",
            heartbeats: still(14),
            silentAt: 10
        ),
        Case(testDescription: "one that beats is not", heartbeats: (0..<40).map { $0 / 2 }, silentAt: nil),
        Case(
            testDescription: "one that beats is not, though the clock steps forward an hour",
            heartbeats: (0..<40).map { $0 / 2 },
            overdueFrom: 5,
            silentAt: nil
        ),
        Case(
            testDescription: "one that is overdue from the start is silent after half a lease of looks",
            heartbeats: still(14),
            overdueFrom: 0,
            silentAt: 5
        ),
        Case(
            testDescription: "one that is overdue later is silent at once",
            heartbeats: still(14),
            overdueFrom: 7,
            silentAt: 7
        ),
        Case(
            testDescription: "one that beat to a clock which stepped back is silent after a lease of looks",
            heartbeats: [90, 91, 92] + Array(repeating: 7, count: 14),
            silentAt: 13
        ),
        Case(
            testDescription: "looks that fail show nothing, and a lease begins anew",
            heartbeats: still(9) + [nil, nil] + still(14),
            overdueFrom: 9,
            silentAt: 21
        ),
        Case(
            testDescription: "a server that stalls during a look shows nothing, and a lease begins anew",
            heartbeats: still(25),
            overdueFrom: 6,
            slow: [5: 20],
            silentAt: 15
        ),
    ]

    private static func still(_ count: Int) -> [Int64?] {
        Array(repeating: 7, count: count)
    }

    @Test("are those that gave no sign in a time in which others were heard", arguments: cases)
    func silence(example: Case) {
        var watch = SilenceWatch(lease: .seconds(10))
        var now = Duration.zero
        var silentAt: Int?
        for (look, heartbeat) in example.heartbeats.enumerated() {
            let askedAt = now
            now += .seconds(example.slow[look] ?? 0)
            guard let heartbeat else {
                watch.interrupted()
                now += .seconds(1)
                continue
            }
            let pulse = WorkerPulse(
                worker: WorkerID(rawValue: 1),
                heartbeat: Timestamp(rawValue: heartbeat),
                isOverdue: look >= example.overdueFrom
            )
            if !watch.look([pulse], askedAt: askedAt, answeredAt: now).isEmpty, silentAt == nil {
                silentAt = look
            }
            now += .seconds(1)
        }
        #expect(silentAt == example.silentAt)
    }

    @Test("are not those that this process could not look at, because it was stopped itself")
    func stoppedItself() {
        var watch = SilenceWatch(lease: .seconds(10))
        let pulse = WorkerPulse(worker: WorkerID(rawValue: 1), heartbeat: Timestamp(rawValue: 7), isOverdue: true)
        let before = watch.look([pulse], askedAt: .zero, answeredAt: .zero)
        let after = watch.look([pulse], askedAt: .seconds(60), answeredAt: .seconds(60))
        let later = watch.look([pulse], askedAt: .seconds(64), answeredAt: .seconds(64))
        #expect(before.isEmpty && after.isEmpty && later.isEmpty)
    }
}
