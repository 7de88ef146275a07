-- How far each source of usage has read its topic of Kafka. An offset moves in the transaction that keeps the rows, so
-- that a message counts once; the group's offsets in Kafka itself are not used.
CREATE TABLE billing.kafka_offsets (
    source      text COLLATE "C" NOT NULL,
    topic       text COLLATE "C" NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    end_offset  bigint NOT NULL DEFAULT 0,
    missed      bigint NOT NULL DEFAULT 0,
    moved_at    timestamptz,
    PRIMARY KEY (source, topic, partition)
);

COMMENT ON COLUMN billing.kafka_offsets.next_offset IS 'The first message that is not counted yet';
COMMENT ON COLUMN billing.kafka_offsets.end_offset IS 'Where the partition ended when it was read the last time';
COMMENT ON COLUMN billing.kafka_offsets.missed IS 'Messages that the brokers had deleted before they were read';

-- Sources that cannot go on at the moment, and why. A row is gone as soon as they do.
CREATE TABLE billing.kafka_failures (
    source    text COLLATE "C" PRIMARY KEY,
    error     text NOT NULL,
    attempts  integer NOT NULL DEFAULT 1,
    failed_at timestamptz NOT NULL
);

COMMENT ON COLUMN billing.followers.position IS 'It moves forward, unless a person has a follower deliver again';
