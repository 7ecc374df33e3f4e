-- Tables: deliveries and their keys, the queue of batches, the jobs that are owed, failed, succeeded and died, and workers.
-- Locks nothing that exists: it only creates.

-- The person who acts: the one whom a program acts for, if it said so in this transaction, else the user of the session.
CREATE FUNCTION postroom.actor() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('postroom_audit.actor', true), ''), session_user);

-- Deliveries ------------------------------------------------------------------------------------------------------

CREATE SEQUENCE postroom.batch_id AS bigint;

CREATE TABLE postroom.delivery (
    id              bigint      NOT NULL,
    received_at     timestamptz NOT NULL,
    endpoint        text        NOT NULL,
    source          text        NOT NULL,
    event_type      text,
    idempotency_key text        NOT NULL,
    headers         bytea       NOT NULL,
    body            bytea       NOT NULL,
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE postroom.delivery IS
    'Accepted requests, exactly as received and never changed. id is batch × 256 + ordinal; received_at is the commit''s now().';
COMMENT ON COLUMN postroom.delivery.headers IS
    'Name: value and a line feed each, as received. Read it with convert_from(headers, ''LATIN1'').';
CREATE TABLE postroom.delivery_default PARTITION OF postroom.delivery DEFAULT;

CREATE TABLE postroom.idempotency_key (
    key_hash    uuid        NOT NULL PRIMARY KEY,
    delivery_id bigint      NOT NULL,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE postroom.idempotency_key IS
    'One row a delivery for as long as its sender may repeat it. key_hash is half of sha256(endpoint, zero byte, key).';

CREATE TABLE postroom.endpoint (
    name    text        NOT NULL PRIMARY KEY,
    source  text        NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT endpoint_has_a_name CHECK (name <> '')
);
COMMENT ON TABLE postroom.endpoint IS
    'The endpoints of which deliveries may be kept. A key alone, without its endpoint, is looked for at each of them.';

CREATE TABLE postroom.scheduled (
    key_hash        uuid        NOT NULL PRIMARY KEY,
    due_at          timestamptz NOT NULL,
    scheduled_at    timestamptz NOT NULL DEFAULT now(),
    endpoint        text        NOT NULL,
    source          text        NOT NULL,
    event_type      text,
    idempotency_key text        NOT NULL,
    headers         bytea       NOT NULL,
    body            bytea       NOT NULL,
    CONSTRAINT due_at_is_a_moment CHECK (isfinite(due_at))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE postroom.scheduled IS
    'What was enqueued for later. Each row is stored as a delivery, with a number of its own, once it is due.';
CREATE INDEX scheduled_due ON postroom.scheduled (due_at);
CREATE INDEX scheduled_key ON postroom.scheduled (idempotency_key);

-- Jobs ------------------------------------------------------------------------------------------------------------

CREATE TABLE postroom.batch (
    id             bigint      NOT NULL PRIMARY KEY,
    received_at    timestamptz NOT NULL,
    byte_count     bigint      NOT NULL,
    worker         bigint,
    delivery_count smallint    NOT NULL,
    deaths         smallint    NOT NULL DEFAULT 0,
    CONSTRAINT batch_holds_1_to_256_deliveries CHECK (delivery_count BETWEEN 1 AND 256)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE postroom.batch IS
    'The queue: one row for each commit of the receiver, deleted when it is settled. worker is the one that holds it, or null.';
COMMENT ON COLUMN postroom.batch.byte_count IS
    'An upper bound of the bytes of its headers and bodies, so that a claim fits into memory.';
COMMENT ON COLUMN postroom.batch.deaths IS
    'The number of workers that died uncleanly while they held it. At 2 its jobs become crash suspects.';

CREATE TABLE postroom.retry (
    delivery_id            bigint      NOT NULL,
    handler                text        NOT NULL,
    received_at            timestamptz NOT NULL,
    failed_attempts        integer     NOT NULL DEFAULT 0,
    attempts_before_replay integer     NOT NULL DEFAULT 0,
    due_at                 timestamptz NOT NULL,
    worker                 bigint,
    running_since          timestamptz,
    deaths                 smallint    NOT NULL DEFAULT 0,
    strikes                smallint    NOT NULL DEFAULT 0,
    replay                 bigint,
    limit_key              uuid,
    limit_cell_at          timestamptz,
    needs_key              boolean     NOT NULL DEFAULT false,
    is_behind              boolean     NOT NULL DEFAULT false,
    order_key              text,
    order_position         bigint,
    PRIMARY KEY (delivery_id, handler),
    CONSTRAINT a_key_has_a_position CHECK ((order_key IS NULL) = (order_position IS NULL)),
    CONSTRAINT only_keyed_jobs_wait_behind CHECK (NOT is_behind OR order_key IS NOT NULL AND worker IS NULL),
    CONSTRAINT only_jobs_without_a_key_need_one CHECK (NOT needs_key OR order_key IS NULL),
    CONSTRAINT attempts_before_replay_have_failed CHECK (attempts_before_replay BETWEEN 0 AND failed_attempts),
    CONSTRAINT only_held_suspects_are_marked CHECK (running_since IS NULL OR worker IS NOT NULL AND deaths >= 2)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE postroom.retry IS
    'The jobs that owe an attempt and are in no batch. received_at is the delivery''s, and finds its partition.';
COMMENT ON COLUMN postroom.retry.attempts_before_replay IS
    'The failed attempts before the last replay, which don''t count against the retry policy.';
COMMENT ON COLUMN postroom.retry.replay IS 'The replay that made it owed.';
COMMENT ON COLUMN postroom.retry.deaths IS
    'The number of workers that died uncleanly while they held it. From 2 on it is a crash suspect: suspects run one at a time.';
COMMENT ON COLUMN postroom.retry.running_since IS 'The mark of a suspect, written before it runs.';
COMMENT ON COLUMN postroom.retry.strikes IS
    'The number of workers that died while this suspect was marked. At 2 it is a dead letter.';
COMMENT ON COLUMN postroom.retry.limit_key IS
    'The hash of the key by which its handler is limited, once the job had to wait for it. One that waits for an attempt of the key to end is due at infinity.';
COMMENT ON COLUMN postroom.retry.limit_cell_at IS 'The cell of its key''s rate that is reserved for it.';
COMMENT ON COLUMN postroom.retry.needs_key IS
    'True where its handler is ordered and nobody has read its key yet: a worker that has the handler does, and nothing later of the handler begins before.';
COMMENT ON COLUMN postroom.retry.order_key IS
    'The key within which the jobs of its handler follow each other by order_position and delivery_id; null where it has no order.';
COMMENT ON COLUMN postroom.retry.is_behind IS 'True where another job of its key comes first, or a dead letter parks the key.';
-- Waiting rows by handler, so that a paused or absent handler's rows are in nobody's way; suspects, held rows and those with
-- a key apart. Of a key there is only one in front.
CREATE INDEX retry_waiting ON postroom.retry (handler, due_at) WHERE worker IS NULL AND deaths < 2 AND order_key IS NULL;
CREATE INDEX retry_suspect ON postroom.retry (handler, due_at, delivery_id)
    WHERE worker IS NULL AND deaths >= 2 AND NOT is_behind;
CREATE INDEX retry_replay ON postroom.retry (replay) WHERE replay IS NOT NULL;
CREATE INDEX retry_parked ON postroom.retry (handler, limit_key, delivery_id) WHERE due_at = 'infinity';
CREATE INDEX retry_held ON postroom.retry (worker) WHERE worker IS NOT NULL;
CREATE INDEX retry_unkeyed ON postroom.retry (handler, delivery_id) WHERE needs_key;
CREATE INDEX retry_ordered ON postroom.retry (handler, due_at)
    WHERE worker IS NULL AND deaths < 2 AND order_key IS NOT NULL AND NOT is_behind;
CREATE UNIQUE INDEX retry_front ON postroom.retry (handler, order_key) WHERE order_key IS NOT NULL AND NOT is_behind;
CREATE INDEX retry_behind ON postroom.retry (handler, order_key, order_position, delivery_id) WHERE is_behind;

CREATE TABLE postroom.finished (
    delivery_id bigint      NOT NULL,
    handler     text        NOT NULL,
    worker      bigint      NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery_id, handler)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE postroom.finished IS
    'The jobs that ended inside a transaction of their handler and whose settlement is still to come, which deletes the row.';

CREATE TABLE postroom.step (
    delivery_id bigint      NOT NULL,
    handler     text        NOT NULL,
    name        text        NOT NULL,
    value       bytea,
    due_at      timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery_id, handler, name),
    CONSTRAINT a_step_has_a_value_or_an_end CHECK (num_nonnulls(value, due_at) = 1),
    CONSTRAINT a_value_has_at_most_256_kb CHECK (octet_length(value) <= 262144)
);
COMMENT ON TABLE postroom.step IS
    'The steps that jobs have behind them: results as JSON, and sleeps with their end. They go with their job, and stay while it is a dead letter.';

CREATE TABLE postroom.failed_attempt (
    delivery_id bigint      NOT NULL,
    handler     text        NOT NULL,
    attempt     integer     NOT NULL,
    failed_at   timestamptz NOT NULL,
    duration    interval    NOT NULL,
    worker      bigint      NOT NULL,
    error       text        NOT NULL,
    CONSTRAINT attempts_are_numbered_from_1 CHECK (attempt >= 1)
) PARTITION BY RANGE (failed_at);
COMMENT ON TABLE postroom.failed_attempt IS 'Attempts that failed, append-only.';
CREATE INDEX failed_attempt_pair ON postroom.failed_attempt (delivery_id, handler);
CREATE TABLE postroom.failed_attempt_default PARTITION OF postroom.failed_attempt DEFAULT;

CREATE TABLE postroom.handled (
    batch_id   bigint      NOT NULL,
    settled_at timestamptz NOT NULL,
    worker     bigint      NOT NULL,
    handlers   text[]      NOT NULL,
    runs       bytea       NOT NULL,
    CONSTRAINT a_run_takes_4_bytes CHECK (length(runs) % 4 = 0)
) PARTITION BY RANGE (settled_at);
COMMENT ON TABLE postroom.handled IS 'Attempts that succeeded, append-only: one row for each settled batch or retry.';
COMMENT ON COLUMN postroom.handled.runs IS
    'Four bytes a run: the delivery''s ordinal, the index into handlers, and the duration in µs as a 16-bit number whose upper 5 bits say how far the lower 11 are shifted left. The view handled_run reads it.';
CREATE INDEX handled_batch ON postroom.handled (batch_id);
CREATE TABLE postroom.handled_default PARTITION OF postroom.handled DEFAULT;

CREATE TABLE postroom.superseded (
    delivery_id   bigint      NOT NULL,
    handler       text        NOT NULL,
    superseded_at timestamptz NOT NULL,
    newer_id      bigint      NOT NULL
) PARTITION BY RANGE (superseded_at);
COMMENT ON TABLE postroom.superseded IS
    'Jobs that ended without an attempt that counts, because the delivery newer_id of the same key is newer, append-only.';
CREATE INDEX superseded_job ON postroom.superseded (delivery_id, handler);
CREATE TABLE postroom.superseded_default PARTITION OF postroom.superseded DEFAULT;

CREATE TABLE postroom.newest_handled (
    handler        text        NOT NULL,
    order_key      text        NOT NULL,
    order_position bigint      NOT NULL,
    delivery_id    bigint      NOT NULL,
    handled_at     timestamptz NOT NULL,
    PRIMARY KEY (handler, order_key)
) WITH (fillfactor = 80);
COMMENT ON TABLE postroom.newest_handled IS
    'The newest job that was handled of each key, of the handlers for which only the newest counts.';

CREATE SEQUENCE postroom.dead_letter_id AS bigint;

CREATE TABLE postroom.dead_letter (
    id              bigint      NOT NULL DEFAULT nextval('postroom.dead_letter_id') PRIMARY KEY,
    delivery_id     bigint      NOT NULL,
    handler         text        NOT NULL,
    endpoint        text        NOT NULL,
    source          text        NOT NULL,
    event_type      text,
    idempotency_key text        NOT NULL,
    received_at     timestamptz NOT NULL,
    died_at         timestamptz NOT NULL,
    reason          text        NOT NULL,
    failed_attempts integer     NOT NULL,
    error           text        NOT NULL,
    fingerprint     text        NOT NULL,
    history         jsonb       NOT NULL,
    headers         bytea       NOT NULL,
    body            bytea       NOT NULL,
    replay          bigint,
    order_key       text,
    order_position  bigint,
    is_parking      boolean     NOT NULL DEFAULT false,
    CONSTRAINT only_keyed_letters_park CHECK (NOT is_parking OR order_key IS NOT NULL),
    CONSTRAINT a_job_dies_once UNIQUE (delivery_id, handler),
    CONSTRAINT dead_letter_reason_is_known CHECK (reason IN ('exhausted', 'permanent', 'undecodable', 'crash'))
);
COMMENT ON TABLE postroom.dead_letter IS
    'The jobs that will not be tried again by themselves, with all that a replay needs, whatever retention dropped.';
COMMENT ON COLUMN postroom.dead_letter.fingerprint IS 'Equal for errors that differ only in numbers and identities.';

COMMENT ON COLUMN postroom.dead_letter.replay IS 'The replay after which it died again.';
CREATE INDEX dead_letter_replay ON postroom.dead_letter (replay) WHERE replay IS NOT NULL;
CREATE INDEX dead_letter_handler ON postroom.dead_letter (handler, id);
CREATE INDEX dead_letter_group ON postroom.dead_letter (handler, fingerprint, id) INCLUDE (reason, died_at);

CREATE TABLE postroom.ended_letter (
    letter_id   bigint      NOT NULL PRIMARY KEY,
    delivery_id bigint      NOT NULL,
    handler     text        NOT NULL,
    outcome     text        NOT NULL,
    ended_at    timestamptz NOT NULL DEFAULT now(),
    actor       text        NOT NULL DEFAULT postroom.actor(),
    reason      text,
    successor   bigint,
    CONSTRAINT letter_outcome_is_known CHECK (outcome IN ('discarded', 'edited')),
    CONSTRAINT only_edited_letters_have_successors CHECK ((successor IS NULL) = (outcome = 'discarded'))
);
COMMENT ON TABLE postroom.ended_letter IS
    'Dead letters that a person discarded or edited, for as long as deliveries are kept. successor is the new delivery.';
CREATE INDEX ended_letter_job ON postroom.ended_letter (delivery_id, handler);
CREATE INDEX ended_letter_time ON postroom.ended_letter (ended_at);
COMMENT ON COLUMN postroom.dead_letter.is_parking IS 'True while the later jobs of its key wait for what people do with it.';
CREATE INDEX dead_letter_parking ON postroom.dead_letter (handler, order_key) WHERE is_parking;
CREATE INDEX dead_letter_key ON postroom.dead_letter (handler, order_key) WHERE order_key IS NOT NULL;

-- By an expression, so that no statement that looks for a delivery prefers them to its primary key.
CREATE INDEX delivery_default_by_time ON postroom.delivery_default ((received_at AT TIME ZONE 'UTC'));
CREATE INDEX failed_attempt_default_by_time ON postroom.failed_attempt_default ((failed_at AT TIME ZONE 'UTC'));
CREATE INDEX handled_default_by_time ON postroom.handled_default ((settled_at AT TIME ZONE 'UTC'));
CREATE INDEX superseded_default_by_time ON postroom.superseded_default ((superseded_at AT TIME ZONE 'UTC'));

-- Workers and handlers --------------------------------------------------------------------------------------------

CREATE TABLE postroom.worker (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label        text        NOT NULL,
    handlers     text[]      NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE postroom.worker IS 'Running workers. A worker without a row has lost its claims.';

CREATE TABLE postroom.handler (
    name          text        NOT NULL PRIMARY KEY,
    patterns      text[]      NOT NULL,
    recorded_at   timestamptz NOT NULL,
    after_batch   bigint      DEFAULT 9223372036854775807,
    seen_at       timestamptz NOT NULL,
    paused_at     timestamptz,
    paused_by     text,
    paused_for    text,
    removed_at    timestamptz,
    original_name text,
    busy_until    timestamptz,
    renamed_to    text,
    order_rule    text,
    kind          text        NOT NULL DEFAULT 'code',
    is_moving     boolean     NOT NULL DEFAULT false,
    CONSTRAINT order_rule_is_known CHECK (order_rule IN ('by-key', 'by-key-parking', 'newest', 'ended')),
    CONSTRAINT handler_has_a_name CHECK (name <> ''),
    CONSTRAINT a_former_name_is_no_handler CHECK (renamed_to IS NULL OR removed_at IS NOT NULL),
    CONSTRAINT handler_kind_is_known CHECK (kind IN ('code', 'http', 'sql', 'exec'))
);
COMMENT ON TABLE postroom.handler IS
    'Handlers that programs registered. Each receives the deliveries accepted after recorded_at. A pattern is source:type, or source@endpoint:type.';
COMMENT ON COLUMN postroom.handler.kind IS 'Written in code, or a forwarder to that kind of place.';
COMMENT ON COLUMN postroom.handler.paused_for IS 'The reason that the person gave, or null.';
COMMENT ON COLUMN postroom.handler.order_rule IS
    'The order of its jobs by key; ''ended'' where it had one once, and null where it never had. Parking is what a dead letter does to its key.';
COMMENT ON COLUMN postroom.handler.after_batch IS
    'It receives batches with a greater number, whatever their time. Null while it is being recorded; the greatest number where time alone decides.';
COMMENT ON COLUMN postroom.handler.original_name IS
    'The name under which it was first recorded, or null where that is its name. The idempotency keys of its jobs are made from it.';
COMMENT ON COLUMN postroom.handler.renamed_to IS
    'The name that the handler has now. The row of its former name stays: programs that have it work for the new one.';

COMMENT ON COLUMN postroom.handler.is_moving IS
    'True while jobs with a key may lie under a former name: until they are here, none with a key is claimed.';
COMMENT ON COLUMN postroom.handler.busy_until IS 'Until then no process calls it: it said that it is busy.';

-- Limits that hold over all processes. A share goes with its worker's row.
CREATE TABLE postroom.handler_limit (
    handler            text    NOT NULL PRIMARY KEY,
    concurrency        integer,
    global_concurrency integer,
    rate               integer,
    rate_period        interval,
    key_concurrency    integer,
    key_rate           integer,
    key_rate_period    interval,
    next_cell_at       timestamptz,
    CONSTRAINT limits_are_positive CHECK (least(concurrency, global_concurrency, rate, key_concurrency, key_rate) >= 1),
    CONSTRAINT a_rate_has_a_period CHECK ((rate IS NULL) = (rate_period IS NULL)),
    CONSTRAINT a_key_rate_has_a_period CHECK ((key_rate IS NULL) = (key_rate_period IS NULL))
) WITH (fillfactor = 50);
COMMENT ON TABLE postroom.handler_limit IS
    'The limits that the newest program gave its handlers. Shares and cells of a handler are taken under the lock of its row.';
COMMENT ON COLUMN postroom.handler_limit.next_cell_at IS
    'The time that the cells of the rate which were taken reach up to: each attempt takes one.';

CREATE TABLE postroom.worker_share (
    handler text    NOT NULL,
    worker  bigint  NOT NULL REFERENCES postroom.worker ON DELETE CASCADE,
    slots   integer NOT NULL,
    PRIMARY KEY (handler, worker)
) WITH (fillfactor = 50);
COMMENT ON TABLE postroom.worker_share IS 'The attempts that each worker may run at once, of a handler limited over all processes.';
CREATE INDEX worker_share_worker ON postroom.worker_share (worker);

-- A slot may outlive its worker by a moment: the sweep that finds it lets the next job of the key go on.
CREATE TABLE postroom.key_slot (
    handler     text        NOT NULL,
    key_hash    uuid        NOT NULL,
    delivery_id bigint      NOT NULL,
    worker      bigint      NOT NULL,
    taken_at    timestamptz NOT NULL,
    PRIMARY KEY (handler, key_hash, delivery_id)
);
COMMENT ON TABLE postroom.key_slot IS 'The attempts that run, of handlers whose attempts of one key are limited.';

CREATE TABLE postroom.key_rate (
    handler      text        NOT NULL,
    key_hash     uuid        NOT NULL,
    next_cell_at timestamptz NOT NULL,
    taken_at     timestamptz NOT NULL,
    PRIMARY KEY (handler, key_hash)
) WITH (fillfactor = 50);
COMMENT ON TABLE postroom.key_rate IS
    'The time that the cells of a key''s rate which were taken or reserved reach up to; a row in the past means nothing.';
COMMENT ON COLUMN postroom.key_rate.taken_at IS
    'The time of the last look at it: where that lies in the future, the clock was set back.';
CREATE INDEX key_rate_next_cell_at ON postroom.key_rate (next_cell_at);

CREATE TABLE postroom.directory (
    only_row boolean NOT NULL DEFAULT true PRIMARY KEY,
    version  bigint  NOT NULL,
    CONSTRAINT directory_has_one_row CHECK (only_row)
);
COMMENT ON TABLE postroom.directory IS 'The version of the handlers; a settlement computed from an older one is refused.';
INSERT INTO postroom.directory (version) VALUES (1);

-- Administration --------------------------------------------------------------------------------------------------

CREATE TABLE postroom.replay (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text        NOT NULL,
    requested_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_by    text        NOT NULL DEFAULT postroom.actor(),
    ids             bigint[],
    endpoint        text,
    event_type      text,
    handler         text,
    fingerprint     text,
    died_of         text,
    since           timestamptz,
    until           timestamptz,
    to_handler      text,
    reason          text,
    expected        bigint,
    rate            integer     NOT NULL DEFAULT 500,
    canary          integer     NOT NULL DEFAULT 20,
    stop_percent    integer,
    result          jsonb,
    state           text        NOT NULL DEFAULT 'running',
    cursor          bigint      NOT NULL DEFAULT 0,
    last_id         bigint,
    has_walked      boolean     NOT NULL DEFAULT false,
    skipped_id      bigint,
    looked          bigint      NOT NULL DEFAULT 0,
    moved           bigint      NOT NULL DEFAULT 0,
    canaries        bigint[]    NOT NULL DEFAULT '{}',
    canary_handlers text[]      NOT NULL DEFAULT '{}',
    held_handlers   text[]      NOT NULL DEFAULT '{}',
    proven_handlers text[]      NOT NULL DEFAULT '{}',
    is_proven       boolean     NOT NULL DEFAULT false,
    note            text,
    advanced_at     timestamptz,
    finished_at     timestamptz,
    CONSTRAINT replay_kind_is_known CHECK (kind IN ('dead-letters', 'deliveries')),
    CONSTRAINT replay_state_is_known CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
    CONSTRAINT replay_rate_is_positive CHECK (rate > 0),
    CONSTRAINT replay_canary_is_a_count CHECK (canary >= 0),
    CONSTRAINT replay_stops_at_a_percentage CHECK (stop_percent BETWEEN 0 AND 99),
    CONSTRAINT only_dead_letters_died CHECK (died_of IS NULL OR kind = 'dead-letters')
);
COMMENT ON TABLE postroom.replay IS
    'Replays that people asked for. The inbox moves rate jobs a second, in the order of ids; cursor is the last id that it passed.';
COMMENT ON COLUMN postroom.replay.expected IS
    'The letters or deliveries that matched before anything was moved; null until they were counted.';
COMMENT ON COLUMN postroom.replay.canary IS
    'The jobs of each handler that go ahead alone; the others follow unless too many of those fail again. 0 sends none ahead.';
COMMENT ON COLUMN postroom.replay.stop_percent IS
    'The percentage of failures beyond which it pauses by itself, over all that was tried; null for half of the canaries only.';
COMMENT ON COLUMN postroom.replay.result IS 'What became of its jobs, once none is owed any more.';
COMMENT ON COLUMN postroom.replay.last_id IS 'The highest id when the walk began, which ends there.';
COMMENT ON COLUMN postroom.replay.has_walked IS 'True once the walk came to its end.';
COMMENT ON COLUMN postroom.replay.skipped_id IS
    'The id before the first letter that was left for later, because its handler had to prove itself.';
COMMENT ON COLUMN postroom.replay.looked IS
    'The number of letters or deliveries that were looked at, whether they matched or not.';
COMMENT ON COLUMN postroom.replay.canaries IS
    'The deliveries of the first dead letters of each handler, with canary_handlers, until they were tried. Unless most of them end well, the replay is paused.';
COMMENT ON COLUMN postroom.replay.held_handlers IS
    'The handlers that had not proved themselves when the walk came to its end.';
COMMENT ON COLUMN postroom.replay.proven_handlers IS 'The handlers of which enough canaries ended well.';
COMMENT ON COLUMN postroom.replay.advanced_at IS
    'The time at which it last moved something; its rate is counted from there.';
CREATE INDEX replay_open ON postroom.replay (id) WHERE result IS NULL AND state IN ('done', 'cancelled');
CREATE INDEX replay_running ON postroom.replay (id) WHERE state = 'running';

CREATE TABLE postroom.audit (
    id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor  text        NOT NULL DEFAULT postroom.actor(),
    action text        NOT NULL,
    detail jsonb       NOT NULL
);
COMMENT ON TABLE postroom.audit IS 'Changes that people made, pauses, replays and discards, and masked values that they looked at.';
