-- How far a follower of the log has come: the library's own table of tracking, by its name and columns, so that its
-- tracking recorder works on it. Checkpoints of read models are not here: they stand with the tables they belong to.

CREATE TABLE billing.notification_tracking (
    application_name text COLLATE "C" PRIMARY KEY,
    notification_id  bigint NOT NULL
);

COMMENT ON TABLE billing.notification_tracking IS 'The last position that each follower has dealt with; it only rises';

-- The library's mark of this layout: one row for each follower.
INSERT INTO billing.notification_tracking VALUES ('__migration__', 1);
