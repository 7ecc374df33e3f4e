import PostroomCore
import PostroomInbox
import Testing

@testable import PostroomCLI

@Suite("Limits as verbs show them")
struct LimitDisplayTests {
    static let cases: [(HandlerLimitUse, String, String)] = [
        (HandlerLimitUse(), "–", "null"),
        (
            HandlerLimitUse(limits: HandlerLimits(globalConcurrency: 5), shares: [2, 2, 1]),
            "5 at once (2 + 2 + 1)",
            #"{"concurrency":null,"global_concurrency":5,"shares":[2,2,1],"rate":null,"key_concurrency":null,"key_rate":null}"#
        ),
        (
            HandlerLimitUse(
                limits: HandlerLimits(
                    concurrency: 8,
                    rate: .perMinute(100),
                    perKey: KeyLimits(concurrency: 1, rate: .perSecond(2))
                )
            ),
            "8 at once in a process, 100 in 1m, a key 1 at once, a key 2 in 1s",
            #"{"concurrency":8,"global_concurrency":null,"shares":[],"rate":{"attempts":100,"seconds":60.0},"#
                + #""key_concurrency":1,"key_rate":{"attempts":2,"seconds":1.0}}"#
        ),
    ]

    @Test("are told in words with the workers' shares, and as one object", arguments: cases)
    func display(use: HandlerLimitUse, words: String, json: String) {
        #expect(LimitDisplay.words(use) == words)
        #expect(String(decoding: LimitDisplay.json(use).line, as: UTF8.self) == json)
    }
}
