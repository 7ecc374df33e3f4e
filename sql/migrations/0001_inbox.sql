-- The inbox: deliveries, the queue of batches, what is owed, what is dead, and who works.
-- Locks nothing that exists: it only creates.
--
-- `shard` leads the primary key of every table on the hot path, and every hot statement names one shard, so that the
-- same schema can be distributed over several servers. On one server there is one shard unless told otherwise.

CREATE TABLE postroom.inbox (
    only_row   boolean     NOT NULL DEFAULT true PRIMARY KEY,
    shards     smallint    NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inbox_has_one_row CHECK (only_row),
    CONSTRAINT inbox_has_1_to_1024_shards CHECK (shards BETWEEN 1 AND 1024)
);
COMMENT ON TABLE postroom.inbox IS 'What was decided when the schema was made.';

CREATE SEQUENCE postroom.batch_id AS bigint;

CREATE TABLE postroom.delivery (
    shard           smallint    NOT NULL,
    id              bigint      NOT NULL,
    received_at     timestamptz NOT NULL,
    endpoint        text        NOT NULL,
    source          text        NOT NULL,
    event_type      text,
    idempotency_key text        NOT NULL,
    headers         bytea       NOT NULL,
    body            bytea       NOT NULL,
    PRIMARY KEY (shard, id, received_at)
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE postroom.delivery IS
    'Accepted requests, exactly as received and never changed. id is batch × 256 + ordinal; received_at is the commit''s now().';
COMMENT ON COLUMN postroom.delivery.headers IS
    'Name: value and a line feed each, as received. Read it with convert_from(headers, ''LATIN1'').';
CREATE TABLE postroom.delivery_default PARTITION OF postroom.delivery DEFAULT;

CREATE TABLE postroom.idempotency_key (
    shard       smallint    NOT NULL,
    key_hash    uuid        NOT NULL,
    delivery_id bigint      NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (shard, key_hash)
);
COMMENT ON TABLE postroom.idempotency_key IS
    'One row a delivery for as long as its sender may repeat it. key_hash is half of sha256(endpoint, zero byte, key).';

CREATE TABLE postroom.batch (
    shard          smallint    NOT NULL,
    id             bigint      NOT NULL,
    received_at    timestamptz NOT NULL,
    byte_count     bigint      NOT NULL,
    worker         bigint,
    delivery_count smallint    NOT NULL,
    deaths         smallint    NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, id),
    CONSTRAINT batch_holds_1_to_256_deliveries CHECK (delivery_count BETWEEN 1 AND 256)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE postroom.batch IS
    'The queue: one row for each commit of the receiver, deleted when it is settled. worker is who holds it, or null.';
COMMENT ON COLUMN postroom.batch.byte_count IS 'At most so many bytes of headers and bodies, so that a claim fits into memory.';
COMMENT ON COLUMN postroom.batch.deaths IS
    'How many workers died uncleanly while they held it. At 2 its pairs become crash suspects.';

CREATE TABLE postroom.retry (
    shard             smallint    NOT NULL,
    delivery_id       bigint      NOT NULL,
    handler           text        NOT NULL,
    received_at       timestamptz NOT NULL,
    failed_attempts   integer     NOT NULL DEFAULT 0,
    forgiven_attempts integer     NOT NULL DEFAULT 0,
    due_at            timestamptz NOT NULL,
    worker            bigint,
    running_since     timestamptz,
    deaths            smallint    NOT NULL DEFAULT 0,
    strikes           smallint    NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, delivery_id, handler),
    CONSTRAINT retry_forgives_only_what_failed CHECK (forgiven_attempts BETWEEN 0 AND failed_attempts),
    CONSTRAINT only_held_suspects_are_marked CHECK (running_since IS NULL OR worker IS NOT NULL AND deaths >= 2)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE postroom.retry IS
    'The (delivery, handler) pairs that owe an attempt. received_at is the delivery''s, and finds its partition.';
COMMENT ON COLUMN postroom.retry.deaths IS
    'How many workers died uncleanly while they held it. From 2 on it is a crash suspect: suspects run one at a time.';
COMMENT ON COLUMN postroom.retry.running_since IS 'The mark of a suspect, written before it runs.';
COMMENT ON COLUMN postroom.retry.strikes IS 'How often a worker died while this suspect was marked. At 2 it is a dead letter.';
-- Waiting rows by handler, so that a paused or absent handler's rows are in nobody's way; suspects and held rows apart.
CREATE INDEX retry_waiting ON postroom.retry (shard, handler, due_at) WHERE worker IS NULL AND deaths < 2;
CREATE INDEX retry_suspect ON postroom.retry (shard, handler, due_at, delivery_id)
    WHERE worker IS NULL AND deaths >= 2;
CREATE INDEX retry_held ON postroom.retry (shard, worker) WHERE worker IS NOT NULL;

CREATE TABLE postroom.failed_attempt (
    shard       smallint    NOT NULL,
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
CREATE INDEX failed_attempt_pair ON postroom.failed_attempt (shard, delivery_id, handler);
CREATE TABLE postroom.failed_attempt_default PARTITION OF postroom.failed_attempt DEFAULT;

CREATE TABLE postroom.handled (
    shard      smallint    NOT NULL,
    batch_id   bigint      NOT NULL,
    settled_at timestamptz NOT NULL,
    worker     bigint      NOT NULL,
    handlers   text[]      NOT NULL,
    runs       bytea       NOT NULL,
    CONSTRAINT a_run_takes_4_bytes CHECK (length(runs) % 4 = 0)
) PARTITION BY RANGE (settled_at);
COMMENT ON TABLE postroom.handled IS 'What succeeded, append-only: one row for each settled batch or retry.';
COMMENT ON COLUMN postroom.handled.runs IS
    'Four bytes a run: the delivery''s ordinal, the index into handlers, and the duration in µs as a 16-bit number whose upper 5 bits say how far the lower 11 are shifted left. The view handled_run reads it.';
CREATE INDEX handled_batch ON postroom.handled (shard, batch_id);
CREATE TABLE postroom.handled_default PARTITION OF postroom.handled DEFAULT;

CREATE SEQUENCE postroom.dead_letter_id AS bigint;

CREATE TABLE postroom.dead_letter (
    shard           smallint    NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('postroom.dead_letter_id'),
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
    PRIMARY KEY (shard, id),
    CONSTRAINT a_pair_dies_once UNIQUE (shard, delivery_id, handler),
    CONSTRAINT dead_letter_reason_is_known CHECK (reason IN ('exhausted', 'permanent', 'undecodable', 'crash'))
);
COMMENT ON TABLE postroom.dead_letter IS
    'The pairs that will not be tried again by themselves, with all that a replay needs, whatever retention dropped.';
COMMENT ON COLUMN postroom.dead_letter.fingerprint IS 'Equal for errors that differ only in numbers and identities.';

CREATE TABLE postroom.handler (
    name        text        NOT NULL PRIMARY KEY,
    patterns    text[]      NOT NULL,
    recorded_at timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    paused_at   timestamptz,
    removed_at  timestamptz,
    CONSTRAINT handler_has_a_name CHECK (name <> '')
);
COMMENT ON TABLE postroom.handler IS
    'Handlers that programs registered. Each receives the deliveries accepted after recorded_at. A pattern is source:type.';

CREATE TABLE postroom.directory (
    only_row boolean NOT NULL DEFAULT true PRIMARY KEY,
    version  bigint  NOT NULL,
    CONSTRAINT directory_has_one_row CHECK (only_row)
);
COMMENT ON TABLE postroom.directory IS 'The version of the handlers; a settlement computed from an older one is refused.';
INSERT INTO postroom.directory (version) VALUES (1);

CREATE TABLE postroom.worker (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label        text        NOT NULL,
    handlers     text[]      NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE postroom.worker IS 'Running workers. A worker without a row has lost its claims.';

CREATE TABLE postroom.replay (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_by text        NOT NULL DEFAULT session_user,
    ids          bigint[],
    endpoint     text,
    event_type   text,
    handler      text,
    reason       text,
    since        timestamptz,
    until        timestamptz,
    rate         integer     NOT NULL DEFAULT 500,
    state        text        NOT NULL DEFAULT 'running',
    shard        smallint    NOT NULL DEFAULT 0,
    cursor       bigint      NOT NULL DEFAULT 0,
    moved        bigint      NOT NULL DEFAULT 0,
    canaries     bigint[]    NOT NULL DEFAULT '{}',
    canary_handlers text[]   NOT NULL DEFAULT '{}',
    is_proven    boolean     NOT NULL DEFAULT false,
    note         text,
    advanced_at  timestamptz,
    finished_at  timestamptz,
    CONSTRAINT replay_kind_is_known CHECK (kind IN ('dead-letters', 'deliveries')),
    CONSTRAINT replay_state_is_known CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
    CONSTRAINT replay_rate_is_positive CHECK (rate > 0),
    CONSTRAINT only_dead_letters_have_reasons CHECK (reason IS NULL OR kind = 'dead-letters')
);
COMMENT ON TABLE postroom.replay IS
    'Replays that people asked for. The inbox moves rate pairs a second; shard and cursor say how far it is.';
COMMENT ON COLUMN postroom.replay.canaries IS
    'The deliveries of the first dead letters that it moved, with their handlers. Unless most of them end well, it is paused.';
CREATE INDEX replay_running ON postroom.replay (id) WHERE state = 'running';

CREATE TABLE postroom.audit (
    id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor  text        NOT NULL DEFAULT session_user,
    action text        NOT NULL,
    detail jsonb       NOT NULL
);
COMMENT ON TABLE postroom.audit IS 'What people changed: pauses, replays, discards.';
