import Testing

@testable import PostroomCLI

@Suite("The command line")
struct CommandLineTests {
    @Test(
        "every verb of the contract is there with its options",
        arguments: [
            ("status", "StatusCommand"),
            ("status --json --config postroom.yaml", "StatusCommand"),
            ("deliveries list", "DeliveriesListCommand"),
            (
                "deliveries list --endpoint a --type b.c --since 2020-01-01 --until 2h --id 1 --id 2 --limit 5 --json",
                "DeliveriesListCommand"
            ),
            ("deliveries list --state unreadable --before 4096 --json", "DeliveriesListCommand"),
            ("dead-letters list --before 99", "DeadLettersListCommand"),
            ("deliveries show 256", "DeliveriesShowCommand"),
            ("deliveries show 256 --body", "DeliveriesShowCommand"),
            ("deliveries show 256 --json", "DeliveriesShowCommand"),
            ("deliveries show 256 --json --body --show-sensitive", "DeliveriesShowCommand"),
            ("dead-letters show 9 --body --show-sensitive", "DeadLettersShowCommand"),
            ("deliveries replay --all --handler crm.sync --dry-run", "DeliveriesReplayCommand"),
            ("deliveries replay --id 256", "DeliveriesReplayCommand"),
            (
                "dead-letters list --endpoint a --type b --handler c --reason crash --since 1d --until 1h --id 9 --json",
                "DeadLettersListCommand"
            ),
            ("dead-letters show 9 --json", "DeadLettersShowCommand"),
            ("dead-letters list --reason exhausted", "DeadLettersListCommand"),
            ("dead-letters replay --died-of exhausted --dry-run", "DeadLettersReplayCommand"),
            (
                "dead-letters replay --group crm/3f2a --rate 50 --canary 5 --stop-if failed>10% --to-handler b --reason back",
                "DeadLettersReplayCommand"
            ),
            ("dead-letters groups --handler crm --json", "DeadLettersGroupsCommand"),
            ("dead-letters edit 12 --body fixed.json --reason typo", "DeadLettersEditCommand"),
            ("deliveries why evt_123 --endpoint wacht", "WhyCommand"),
            ("deliveries export --key evt_123 --show-sensitive", "DeliveriesExportCommand"),
            ("replays rate 12 200", "ReplaysRateCommand"),
            ("doctor --json", "DoctorCommand"),
            ("status --watch", "StatusCommand"),
            ("dead-letters discard --all", "DeadLettersDiscardCommand"),
            ("replays list --json --limit 3", "ReplaysListCommand"),
            ("replays show 3 --json", "ReplaysShowCommand"),
            ("replays pause 3", "ReplaysPauseCommand"),
            ("replays resume 3 --dry-run", "ReplaysResumeCommand"),
            ("replays cancel 3", "ReplaysCancelCommand"),
            ("handlers list --json", "HandlersListCommand"),
            ("handlers pause crm.sync", "HandlersPauseCommand"),
            ("handlers resume crm.sync --dry-run", "HandlersResumeCommand"),
            ("handlers remove crm.sync --dry-run", "HandlersRemoveCommand"),
            ("sources", "SourcesCommand"),
            ("sources wacht --json", "SourcesCommand"),
            ("sources --markdown", "SourcesCommand"),
            ("config check --config postroom.yaml", "ConfigCheckCommand"),
            ("config show --config postroom.yaml --json", "ConfigShowCommand"),
            ("config show --markdown", "ConfigShowCommand"),
            ("dev", "DevCommand"),
            ("serve --role receiver", "ServeCommand"),
            ("migrate --check", "MigrateCommand"),
            ("decode stripe event.json --json", "DecodeCommand"),
            ("handlers rename crm.sync crm.upsert --dry-run", "HandlersRenameCommand"),
            ("handlers keys crm.sync", "HandlersKeysCommand"),
            ("deliveries list --key evt_1 --source stripe --handler crm --state owed", "DeliveriesListCommand"),
            ("deliveries cancel evt_1 --dry-run", "DeliveriesCancelCommand"),
            ("send wacht", "SendCommand"),
            ("send stripe invoice.paid --body invoice.json --duplicate-every 2", "SendCommand"),
            ("send wacht user.created --count 10 --rate 5/s --invalid-signature --duplicate-every 3", "SendCommand"),
            (
                "send hmac-sha256 a.b --count 9 --out-of-order --header X-Tenant=a=b --signature-header X-Sig",
                "SendCommand"
            ),
            (
                "send bearer any.thing --url http://h:1/hooks/x --secret env:TOKEN --concurrency 2 --seed 7 --json",
                "SendCommand"
            ),
        ]
    )
    func parses(line: String, command: String) {
        #expect(Outcome(line) == .parsed(command))
    }

    @Test(
        "what can't be meant is refused with 64 and the reason",
        arguments: [
            ("deliveries list --since yesterday", "expected a date (2026-05-31)"),
            ("deliveries list --until 2026-02-30", "or an age (30m, 2h, 3d)"),
            ("deliveries list --since 1h --until 2h", "is after --until"),
            ("deliveries list --limit 0", "--limit takes a number from 1"),
            ("deliveries list --id x", "--id"),
            ("deliveries show 256 --show-sensitive", "give --body too"),
            ("deliveries show abc", "<id>"),
            ("dead-letters list --reason bored", "expected exhausted, permanent, undecodable or crash"),
            ("dead-letters discard --since 2030-01-01 --until 2029-01-01", "is after --until"),
            ("sources wacht --markdown", "leave out --json and the source"),
            ("config show --markdown --json", "leave out --json"),
            ("send nobody", "the sources are wacht, anthropic"),
            ("send wacht user.craeted", "did you mean user.created?"),
            ("send wacht --count 0", "--count takes a number from 1"),
            ("send wacht --duplicate-every 1", "--duplicate-every takes a number from 2"),
            ("send wacht --concurrency 0", "--concurrency takes a number from 1"),
            ("send wacht --rate fast", "for example 100/s"),
            ("send wacht --url 127.0.0.1:8080", "with its scheme"),
            ("send wacht --endpoint Wacht!", "lower-case letters"),
            ("send wacht --url http://h/hooks/x --endpoint y", "leave out its path, or --endpoint"),
            ("send wacht --header X-Tenant", "--header takes NAME=VALUE"),
            ("send wacht --header =x", "is no name of a header"),
            ("send wacht --header a:b=x", "is no name of a header"),
            ("send wacht --header Content-Length=1", "can't be chosen"),
            ("send wacht --signature-header X-Sig", "always signs in 'webhook-signature'"),
            ("send nyuchi --signature-header x/y", "is no name of a header"),
            ("send wacht --secret whsec_abc", "--secret takes a reference, env:NAME or file:PATH"),
        ]
    )
    func refuses(line: String, reason: String) {
        let outcome = Outcome(line)
        #expect(outcome.status == 64)
        #expect(outcome.message.contains(reason), "\(outcome.message)")
    }

    @Test(
        "an empty filter, as an unset variable makes it, is refused",
        arguments: [
            "--endpoint", "--type", "--handler", "--reason", "--died-of", "--group", "--since", "--until", "--id",
        ]
    )
    func emptyFilter(option: String) {
        #expect(Outcome(["dead-letters", "discard", option, ""]).status == 64)
    }

    @Test(
        "a program without further verbs has no bench and no chaos",
        arguments: ["bench ingest", "chaos", "chaos-node"]
    )
    func noLab(line: String) {
        #expect(Outcome(line).status == 64)
    }

    @Test("a secret that is written in place of a reference is not shown")
    func secretIsNotShown() {
        let outcome = Outcome("send wacht --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(outcome.status == 64)
        #expect(!outcome.message.contains("MfKQ9r8"))
    }
}
