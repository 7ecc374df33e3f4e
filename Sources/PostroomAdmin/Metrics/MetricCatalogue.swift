/// A metric of Postroom's, as `# HELP`, the guide, alerts and dashboards know it.
package struct MetricDescription: Sendable {
    /// Its name in Prometheus' spelling.
    package let name: String
    /// The kind of its series: `counter`, `gauge` or `histogram`.
    package let kind: String
    /// The names of its labels.
    package let labels: [String]
    /// Its meaning, in one line.
    package let meaning: String

    /// Describes a metric.
    init(_ name: String, _ kind: SeriesKind, _ labels: [String], _ meaning: String) {
        self.name = name
        self.kind = kind.rawValue
        self.labels = labels
        self.meaning = meaning
    }

    /// Describes a metric without labels.
    init(_ name: String, _ kind: SeriesKind, _ meaning: String) {
        self.init(name, kind, [], meaning)
    }
}

/// Every metric that Postroom has; a test compares it with what a program that runs says.
package enum MetricCatalogue {
    /// Those of the receiver.
    static let receiver = [
        MetricDescription(
            "postroom_intake_requests_total",
            .counter,
            ["endpoint", "answer"],
            "Requests to an endpoint, by the answer they got."
        ),
        MetricDescription(
            "postroom_intake_refusals_total",
            .counter,
            ["endpoint", "reason"],
            "Requests that were not accepted, by reason."
        ),
        MetricDescription(
            "postroom_intake_unreadable_total",
            .counter,
            ["endpoint", "reason"],
            "Authentic requests whose body names no event type, by the reason why."
        ),
        MetricDescription(
            "postroom_intake_commit_seconds",
            .histogram,
            "Time that the commit of a group of requests took in Postgres."
        ),
        MetricDescription("postroom_intake_commit_size", .histogram, "Requests that were committed together."),
        MetricDescription(
            "postroom_intake_in_flight",
            .gauge,
            "Requests that are being received or wait for their commit."
        ),
        MetricDescription("postroom_intake_bytes_total", .counter, "Bytes of the bodies received."),
        MetricDescription(
            "postroom_intake_evictions_total",
            .counter,
            "Slow senders that were answered 503 because memory for requests was short."
        ),
        MetricDescription(
            "postroom_endpoint_silence_seconds",
            .gauge,
            ["endpoint"],
            "Time for which this process has accepted nothing at an endpoint that says how often something comes."
        ),
        MetricDescription(
            "postroom_endpoint_expected_seconds",
            .gauge,
            ["endpoint"],
            "Time within which something is expected to come, as the endpoint's expect-every says."
        ),
        MetricDescription("postroom_receiver_connections", .gauge, "Open connections of senders."),
        MetricDescription(
            "postroom_receiver_turned_away_total",
            .counter,
            ["reason"],
            "Connections that were closed at once: too many, or too many of an address."
        ),
    ]

    /// Those of the worker.
    static let worker = [
        MetricDescription(
            "postroom_attempts_total",
            .counter,
            ["handler", "outcome"],
            "Runs of a handler on an event, by outcome: handled, ignored, retried, timed-out, dead, interrupted, busy or slept."
        ),
        MetricDescription("postroom_attempt_seconds", .histogram, ["handler"], "Time that a run of a handler took."),
        MetricDescription(
            "postroom_worker_in_flight",
            .gauge,
            "Deliveries that this worker holds and has not settled."
        ),
        MetricDescription("postroom_worker_running", .gauge, ["handler"], "Runs of a handler that have not ended."),
        MetricDescription(
            "postroom_handler_slowed",
            .gauge,
            ["handler"],
            "1 where a handler that fails all the time is slowed to one attempt at a time."
        ),
        MetricDescription(
            "postroom_handler_limit_slots",
            .gauge,
            ["handler"],
            "Attempts that this worker may run at once, of a handler with a limit over all processes."
        ),
        MetricDescription(
            "postroom_handler_limit_used",
            .gauge,
            ["handler"],
            "Those of them that it holds, attempts that were given up and go on included."
        ),
        MetricDescription(
            "postroom_claimed_deliveries_total",
            .counter,
            "Deliveries that this worker claimed or was handed."
        ),
        MetricDescription("postroom_settle_seconds", .histogram, "Time that settling and claiming took in Postgres."),
        MetricDescription(
            "postroom_late_settlements_total",
            .counter,
            "Settlements that changed nothing, because the claim was lost before."
        ),
        MetricDescription(
            "postroom_detached_jobs_total",
            .counter,
            "Slow jobs that left their batch and became retries."
        ),
        MetricDescription(
            "postroom_zombie_handlers",
            .gauge,
            "Runs that ignored their cancellation and still go on."
        ),
        MetricDescription(
            "postroom_rescued_workers_total",
            .counter,
            "Silent workers whose claims this process returned."
        ),
        MetricDescription(
            "postroom_rescued_batches_total",
            .counter,
            "Batches that were returned from silent workers."
        ),
        MetricDescription(
            "postroom_crash_strikes_total",
            .counter,
            "Crash suspects that ran when their process died."
        ),
        MetricDescription(
            "postroom_event_oddities_total",
            .counter,
            ["source", "event_type"],
            "Places in events' bodies that did not fit and were left out, by event type."
        ),
        MetricDescription(
            "postroom_dead_letters_total",
            .counter,
            ["handler", "reason"],
            "Dead letters that this worker made, by reason."
        ),
    ]

    /// Those that are read from the database: the same figures whichever process is asked.
    package static let inbox = [
        MetricDescription(
            "postroom_database_reachable",
            .gauge,
            "1 where the database answered when the metrics were asked for."
        ),
        MetricDescription("postroom_backlog_batches", .gauge, "Batches that nobody has claimed."),
        MetricDescription(
            "postroom_oldest_waiting_seconds",
            .gauge,
            "Age of the oldest batch that nobody has claimed."
        ),
        MetricDescription("postroom_retries_waiting", .gauge, ["handler"], "Retries that are owed, due or not."),
        MetricDescription(
            "postroom_oldest_owed_seconds",
            .gauge,
            ["handler"],
            "Age of the oldest delivery that a handler still owes something, whatever it waits for."
        ),
        MetricDescription("postroom_retries_due", .gauge, "Retries that are due and that nobody has claimed."),
        MetricDescription(
            "postroom_suspects_waiting",
            .gauge,
            "Retries that wait to run alone, because workers died with them."
        ),
        MetricDescription(
            "postroom_handler_orphaned",
            .gauge,
            ["handler"],
            "1 where no worker has the handler, so that what it owes waits."
        ),
        MetricDescription(
            "postroom_handler_busy",
            .gauge,
            ["handler"],
            "1 where the handler said that it is busy, so that no process calls it."
        ),
        MetricDescription(
            "postroom_dead_letters",
            .gauge,
            ["handler", "reason"],
            "Dead letters in the inbox, by reason."
        ),
        MetricDescription("postroom_workers", .gauge, "Workers that are registered."),
        MetricDescription(
            "postroom_partition_days_ahead",
            .gauge,
            "Days after today that have their partition; -1 where today's is missing."
        ),
        MetricDescription(
            "postroom_partition_maintenance_allowed",
            .gauge,
            "1 where this process's role may make and drop partitions."
        ),
        MetricDescription(
            "postroom_lost_total",
            .counter,
            ["what"],
            "Deliveries and jobs that this process found gone while they were owed: never by our doing."
        ),
    ]

    /// Those of every process.
    package static let process = [
        MetricDescription("postroom_up", .gauge, ["version"], "Always 1; the label says which version runs."),
        MetricDescription(
            "postroom_metrics_refused_series_total",
            .counter,
            "Times that a series was refused: too many, or of another kind."
        ),
        MetricDescription(
            "postroom_metrics_late_collections_total",
            .counter,
            "Times that figures were left out: reading them took too long."
        ),
    ]

    /// All of them.
    package static let all = receiver + worker + inbox + process

    /// The meanings by name, as `# HELP` says them.
    static let helpTexts = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.meaning) })

    /// The tables of the guide.
    package static var markdown: String {
        let parts = [
            ("Of the receiver", receiver), ("Of the worker", worker), ("Of the inbox", inbox),
            ("Of the process", process),
        ]
        return
            parts.map { title, metrics in
                let rows = metrics.map { metric in
                    let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
                    return "| `\(metric.name)` | \(metric.kind) | \(labels) | \(metric.meaning) |"
                }
                return "### \(title)\n\n| metric | kind | labels | meaning |\n| --- | --- | --- | --- |\n"
                    + rows.joined(separator: "\n") + "\n"
            }
            .joined(separator: "\n")
    }
}
