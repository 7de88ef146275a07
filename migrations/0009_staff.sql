-- What staff signs in with, and what was refused. Operators and roles themselves are streams of events; here is only
-- what must not stand in events that are kept for good: what is made of a password, and sessions, which end.

CREATE TABLE billing.passwords (
    operator      text COLLATE "C" PRIMARY KEY,
    password_hash text NOT NULL,
    is_one_time   boolean NOT NULL
);

COMMENT ON COLUMN billing.passwords.password_hash IS 'argon2id, with its parameters and salt';
COMMENT ON COLUMN billing.passwords.is_one_time IS 'It opens one session and is gone then';

-- What a one-time code is made from (RFC 6238), and the codes that serve once if it is lost. `last_step` is the time
-- step of the code that was used last: each code serves once.
CREATE TABLE billing.second_factors (
    operator     text COLLATE "C" PRIMARY KEY,
    secret       text NOT NULL,
    is_confirmed boolean NOT NULL DEFAULT false,
    last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE billing.recovery_codes (
    operator  text COLLATE "C" NOT NULL REFERENCES billing.second_factors ON DELETE CASCADE,
    code_hash text NOT NULL,
    PRIMARY KEY (operator, code_hash)
);

CREATE TABLE billing.sessions (
    id          text COLLATE "C" PRIMARY KEY,
    operator    text COLLATE "C" NOT NULL,
    secret_hash text NOT NULL,
    opened_at   timestamptz NOT NULL,
    used_at     timestamptz NOT NULL,
    source      text NOT NULL
);

CREATE INDEX sessions_operator ON billing.sessions (operator, opened_at);

CREATE TABLE billing.sign_in_failures (
    operator  text COLLATE "C" NOT NULL,
    source    text NOT NULL,
    failed_at timestamptz NOT NULL
);

CREATE INDEX sign_in_failures_operator ON billing.sign_in_failures (operator, failed_at);
CREATE INDEX sign_in_failures_source ON billing.sign_in_failures (source, failed_at);

-- Attempts that were refused, for the LOG: who tried what, when, from where, and why it was refused.
CREATE TABLE billing.refused_attempts (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refused_at     timestamptz NOT NULL,
    actor          text COLLATE "C" NOT NULL,
    channel        text NOT NULL,
    source         text NOT NULL,
    attempt        text NOT NULL,
    code           text NOT NULL,
    reason         text NOT NULL,
    correlation_id uuid NOT NULL
);

CREATE INDEX refused_attempts_actor ON billing.refused_attempts (actor, number);
