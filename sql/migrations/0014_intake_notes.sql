-- Notes of receivers for people: the newest refusals of each endpoint, the use of each secret, and repetitions.
-- Works with programs from version 14.
-- Locks nothing that exists: it only creates.

-- Receivers tell all of it every few seconds, outside the commits of deliveries: what a process that dies had not told is
-- missing here and from nothing else.
CREATE TABLE postroom.refusal (
    endpoint   text        NOT NULL,
    at         timestamptz NOT NULL,
    process    text        NOT NULL,
    reason     text        NOT NULL,
    peer       text,
    looked_for text        NOT NULL,
    found      text        NOT NULL
);
CREATE INDEX refusal_endpoint_at ON postroom.refusal (endpoint, at);
COMMENT ON TABLE postroom.refusal IS
    'About the last twenty refused requests of each endpoint: names of header fields, never a value of one.';

CREATE TABLE postroom.secret_use (
    endpoint text        NOT NULL,
    secret   text        NOT NULL,
    times    bigint      NOT NULL,
    used_at  timestamptz NOT NULL,
    PRIMARY KEY (endpoint, secret)
);
COMMENT ON TABLE postroom.secret_use IS
    'How often a secret of an endpoint, by its reference, was the one that a request was signed with, and when it last was.';

CREATE TABLE postroom.repetition (
    delivery_id bigint      NOT NULL PRIMARY KEY,
    times       bigint      NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL
);
CREATE INDEX repetition_last_at ON postroom.repetition (last_at);
COMMENT ON TABLE postroom.repetition IS
    'How often a delivery came again, for thirty days after the last time.';
