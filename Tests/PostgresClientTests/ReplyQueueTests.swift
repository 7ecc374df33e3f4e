import Testing

@testable import PostgresClient

/// A queue of requests of given numbers of commands, what arrives, and what is done about it.
struct QueueCase: Sendable, CustomTestStringConvertible {
    enum Arrival: Sendable {
        case reply, refusal, skipped, synced
    }

    let testDescription: String
    let requests: [Int]
    let arrivals: [Arrival]
    let actions: [String]

    init(_ name: String, _ requests: [Int], _ arrivals: [Arrival], _ actions: [String]) {
        testDescription = name
        self.requests = requests
        self.arrivals = arrivals
        self.actions = actions
    }
}

@Suite("The queue of replies", .timeLimit(.minutes(3)))
struct ReplyQueueTests {
    static let cases: [QueueCase] = [
        QueueCase("one command", [1], [.reply, .synced], ["wait", "0: r0"]),
        QueueCase("in order", [1, 1], [.reply, .synced, .reply, .synced], ["wait", "0: r0", "wait", "1: r2"]),
        QueueCase("two commands", [2], [.reply, .reply, .synced], ["wait", "wait", "0: r0 r1"]),
        QueueCase("refused", [1, 1], [.refusal, .synced, .reply, .synced], ["wait", "0: e0", "wait", "1: r2"]),
        QueueCase("second refused", [3], [.reply, .refusal, .skipped, .synced], ["wait", "wait", "wait", "0: e1"]),
        QueueCase("commit refused", [2], [.reply, .reply, .refusal, .synced], ["wait", "wait", "wait", "0: e1"]),
        QueueCase("reply to nobody", [], [.reply], ["give up"]),
        QueueCase("sync to nobody", [], [.synced], ["give up"]),
        QueueCase("reply missing", [2], [.reply, .synced], ["wait", "give up"]),
        QueueCase("one reply too many", [1], [.reply, .reply], ["wait", "give up"]),
        QueueCase("skipped without refusal", [2], [.reply, .skipped], ["wait", "give up"]),
        QueueCase("reply after refusal", [2], [.refusal, .reply], ["wait", "give up"]),
        QueueCase("refused twice", [2], [.refusal, .refusal], ["wait", "give up"]),
        QueueCase("skipped too often", [2], [.refusal, .skipped, .skipped], ["wait", "wait", "give up"]),
    ]

    @Test("answers in order, once each, and trusts no answer it did not ask for", arguments: cases)
    func transitions(_ example: QueueCase) {
        var queue = ReplyQueue<Int, String>()
        for (number, commands) in example.requests.enumerated() { queue.sent(commands: commands, waiter: number) }
        let actions = example.arrivals.enumerated()
            .map { number, arrival in
                switch queue.received(Self.event(arrival, number)) {
                case .wait: "wait"
                case .giveUp: "give up"
                case .answer(let waiter, .success(let replies)): "\(waiter): \(replies.joined(separator: " "))"
                case .answer(let waiter, .failure(let error)): "\(waiter): \(error.message)"
                }
            }
        #expect(actions == example.actions)
    }

    @Test("drains everybody who waits, in order, also after many answers")
    func drains() {
        var queue = ReplyQueue<Int, String>()
        for number in 0..<1_000 { queue.sent(commands: 1, waiter: number) }
        for number in 0..<700 {
            _ = queue.received(.reply("r"))
            guard case .answer(number, .success(["r"])) = queue.received(.synced) else {
                Issue.record("request \(number) was not answered")
                return
            }
        }
        #expect(queue.count == 300)
        #expect(queue.headWaiter == 700)
        #expect(queue.drain() == Array(700..<1_000))
        #expect(queue.isEmpty)
    }

    private static func event(_ arrival: QueueCase.Arrival, _ number: Int) -> ReplyQueue<Int, String>.Event {
        switch arrival {
        case .reply: .reply("r\(number)")
        case .refusal: .refusal { PostgresError(.server, "e\($0)", isSafeToRetry: true) }
        case .skipped: .skipped
        case .synced: .synced
        }
    }
}
