import Postroom
import PostroomTesting
import Testing

@testable import AcmeWorker

@Suite("The handlers")
struct AcmeWorkerTests {
    @Test("an account is opened though the ledger is down at first")
    func ledger() async throws {
        let trial = try HandlerTrial("ledger.open-account") { AcmeWorker().register(on: &$0) }

        let run = await trial.run(try .sample(.dynamic, "wallet.linked"))

        #expect(run.verdict == .handled)
        #expect(run.attempts.count == 3)
        #expect(run.delays == [.milliseconds(500), .milliseconds(500)])
    }

    @Test("an alert that reaches nobody is a dead letter after three attempts")
    func pager() async throws {
        let trial = try HandlerTrial("pager.alert") { AcmeWorker().register(on: &$0) }

        let run = await trial.run(try .sample(.nyuchi, "sync.failed"))

        #expect(run.verdict == .dead(.exhausted))
        #expect(run.errors.count == 3)
    }

    @Test(
        "Slack is told of idle sessions, and of nothing else",
        arguments: [("session.status_idled", TrialVerdict.handled), ("session.updated", .notSubscribed)]
    )
    func slack(eventType: String, verdict: TrialVerdict) async throws {
        let trial = try HandlerTrial(SlackNotifier())

        let run = await trial.run(try .sample(.anthropic, eventType))

        #expect(run.verdict == verdict)
    }
}
