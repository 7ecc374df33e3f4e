/// What Postroom's own metrics mean, as `# HELP` says it.
enum MetricHelp {
    static let texts = receiver.merging(worker) { $1 }.merging(inbox) { $1 }.merging(process) { $1 }

    private static let receiver = [
        "postroom_intake_requests_total": "Requests to an endpoint, by the answer they got.",
        "postroom_intake_refusals_total": "Requests that were not accepted, by reason.",
        "postroom_intake_unreadable_total": "Authentic requests whose body names no event type, by the reason why.",
        "postroom_intake_commit_seconds": "Time that the commit of a group of requests took in Postgres.",
        "postroom_intake_commit_size": "Requests that were committed together.",
        "postroom_intake_in_flight": "Requests that are being received or wait for their commit.",
        "postroom_intake_bytes_total": "Bytes of the bodies received.",
        "postroom_intake_evictions_total": "Slow senders that were answered 503 because memory for requests was short.",
        "postroom_receiver_connections": "Open connections of senders.",
        "postroom_receiver_turned_away_total":
            "Connections that were closed at once: too many, or too many of an address.",
    ]

    private static let worker = [
        "postroom_attempts_total": "Runs of a handler on an event, by outcome.",
        "postroom_attempt_seconds": "Time that a run of a handler took.",
        "postroom_worker_in_flight": "Deliveries that this worker holds and has not settled.",
        "postroom_worker_running": "Runs of a handler that have not ended.",
        "postroom_handler_slowed": "Whether a handler that fails all the time is slowed down: 1 or 0.",
        "postroom_claimed_deliveries_total": "Deliveries that this worker claimed or was handed.",
        "postroom_settle_seconds": "Time that settling and claiming took in Postgres.",
        "postroom_late_settlements_total": "Settlements that changed nothing, because the claim was lost before.",
        "postroom_spilled_pairs_total": "Slow (delivery, handler) pairs that left their batch and became retries.",
        "postroom_zombie_handlers": "Runs that ignored their cancellation and still go on.",
        "postroom_rescued_workers_total": "Silent workers whose claims this process returned.",
        "postroom_crash_strikes_total": "Crash suspects that ran when their process died.",
        "postroom_rescued_batches_total": "Batches that were returned from silent workers.",
        "postroom_event_oddities_total": "Places in events' bodies that did not fit and were left out, by event type.",
        "postroom_dead_letters_total": "Dead letters that this worker made, by reason.",
    ]

    private static let inbox = [
        "postroom_suspects_waiting": "Retries that wait to run alone, because workers died with them.",
        "postroom_oldest_waiting_seconds": "Age of the oldest batch that nobody has claimed.",
        "postroom_backlog_batches": "Batches that nobody has claimed.",
        "postroom_retries_waiting": "Retries that are owed, due or not.",
        "postroom_retries_due": "Retries that are due and that nobody has claimed.",
        "postroom_dead_letters": "Dead letters in the inbox, by reason.",
        "postroom_workers": "Workers that are registered.",
        "postroom_lost_total": "What this process found gone from the database while it was owed: never by our doing.",
    ]

    private static let process = [
        "postroom_up": "Always 1; the label says which version runs.",
        "postroom_metrics_refused_series_total": "Times that a series was refused: too many, or of another kind.",
        "postroom_metrics_late_collections_total": "Times that figures were left out: reading them took too long.",
    ]
}
