import PostroomCore
import Testing

@testable import PostroomCLI
@testable import PostroomInbox

@Suite("What a person is told of a change")
struct ChangeNoticeTests {
    @Test(
        "a replay that was or would be changed says so",
        arguments: [
            (ReplayChange.pause, "paused", false, "replay 3 is paused"),
            (.resume, "running", false, "replay 3 is running"),
            (.cancel, "cancelled", false, "replay 3 is cancelled"),
            (.pause, "running", true, "replay 3, now running, would be paused"),
            (.cancel, "paused", true, "replay 3, now paused, would be cancelled"),
            (.pause, "paused", true, "replay 3 is paused already"),
        ]
    )
    func replay(change: ReplayChange, state: String, isDryRun: Bool, notice: String) throws {
        #expect(try ReplayChangeRun.notice(3, change, state: state, isDryRun: isDryRun) == notice)
    }

    @Test(
        "a replay that has ended or does not exist fails",
        arguments: [
            (ReplayChange.pause, "done" as String?, false, "replay 3 is done, and stays so"),
            (.resume, "cancelled", false, "replay 3 is cancelled, and stays so"),
            (.cancel, "done", true, "replay 3 is done, and stays so"),
            (.pause, nil, false, "there is no replay 3; 'postroom replays list' lists them"),
            (.pause, nil, true, "there is no replay 3; 'postroom replays list' lists them"),
        ]
    )
    func endedReplay(change: ReplayChange, state: String?, isDryRun: Bool, message: String) throws {
        let failure = #expect(throws: CommandFailure.self) {
            try ReplayChangeRun.notice(3, change, state: state, isDryRun: isDryRun)
        }
        #expect(failure?.status == .failed)
        #expect(failure?.message == message)
    }

    @Test("a handler that was renamed says what moved with it")
    func renamed() {
        #expect(
            HandlersRenameCommand.notice("crm", "crm.upsert", moved: 3)
                == "'crm' is named 'crm.upsert' now; 3 jobs and dead letters moved with it"
        )
        #expect(
            HandlersRenameCommand.notice("crm", "b\u{7}", moved: 1)
                == "'crm' is named 'b\\u{7}' now; 1 job or dead letter moved with it"
        )
    }

    @Test(
        "a dry run on a handler says what would become of its retries",
        arguments: [
            (HandlerChange.pause, false, "'crm' would be paused, and its 2 waiting retries with it"),
            (.pause, true, "'crm' is paused already"),
            (.resume, true, "'crm' would be resumed, and its 2 waiting retries with it"),
            (.resume, false, "'crm' is not paused"),
            (.remove, false, "'crm' would be removed; 2 waiting retries would be dropped, 1 dead letter would stay"),
            (.remove, true, "'crm' would be removed; 2 waiting retries would be dropped, 1 dead letter would stay"),
        ]
    )
    func handler(change: HandlerChange, isPaused: Bool, forecast: String) {
        let handler = HandlerBacklog(
            name: "crm",
            kind: "code",
            patterns: [],
            isRemoved: false,
            isPaused: isPaused,
            retriesWaiting: 2,
            retriesDue: 1,
            retriesInFlight: 0,
            nextDueAt: nil,
            deadLetters: 1,
            lastDiedAt: nil,
            isOrphaned: false
        )
        #expect(HandlerChangeRun.forecast(change, handler) == forecast)
    }

    @Test("a handler's name is escaped where it is shown")
    func escapedName() {
        #expect(HandlerChangeRun.notice(.remove, "a\u{1B}b") == "'a\\u{1b}b' is removed")
    }
}
