-- Long work that was asked for over HTTP: who asked for what, how far it is, and what came of it. A worker holds a job
-- as long as it renews `heartbeat_at`; one that died loses it, and another worker takes the job up again.

CREATE TABLE billing.job_uploads (
    id       uuid PRIMARY KEY,
    begun_at timestamptz NOT NULL DEFAULT now()
);

-- A file as it came in, by parts of about a megabyte, so that nobody holds it in memory. It goes with the end of its job.
CREATE TABLE billing.job_upload_parts (
    upload  uuid NOT NULL REFERENCES billing.job_uploads ON DELETE CASCADE,
    part    integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (upload, part)
);

CREATE TABLE billing.jobs (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command_id    uuid NOT NULL UNIQUE,
    content_hash  bytea NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    fields        text NOT NULL,
    is_dry_run    boolean NOT NULL,
    upload        uuid REFERENCES billing.job_uploads ON DELETE SET NULL,
    actor         text COLLATE "C" NOT NULL,
    role          text NOT NULL,
    source        text NOT NULL,
    today         date NOT NULL,
    asked_at      timestamptz NOT NULL,
    state         text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    attempts      integer NOT NULL DEFAULT 0,
    holder        uuid,
    worker        text NOT NULL DEFAULT '',
    heartbeat_at  timestamptz,
    started_at    timestamptz,
    step          text NOT NULL DEFAULT '',
    unit          text NOT NULL DEFAULT '',
    steps_done    bigint NOT NULL DEFAULT 0,
    steps_total   bigint,
    cancelled_by  text,
    ended_at      timestamptz,
    result        text,
    code          text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    CHECK ((state = 'running') = (holder IS NOT NULL)),
    CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL))
);

CREATE INDEX jobs_open ON billing.jobs (number) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_actor ON billing.jobs (actor, number);
CREATE INDEX jobs_ended ON billing.jobs (ended_at);

COMMENT ON COLUMN billing.jobs.command_id IS 'The correlation of all that the job changes';
COMMENT ON COLUMN billing.jobs.today IS 'The business date on which it was asked for, whenever it is done';
COMMENT ON COLUMN billing.jobs.holder IS 'The attempt that is under way: what an earlier one still writes is refused';
COMMENT ON COLUMN billing.jobs.attempts IS 'How often a worker began; more than once if it was cut off';
COMMENT ON COLUMN billing.jobs.result IS 'What came of it, as JSON';
