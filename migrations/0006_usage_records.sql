-- Usage records as sources send them: rows of batches, only ever added. An event `usage-batch-received` in the stream
-- `usage/SOURCE:BATCH` covers the rows that were written with it by a hash; accounts hold what is booked of them.

CREATE TABLE billing.usage_records (
    source       text COLLATE "C" NOT NULL,
    batch        text COLLATE "C" NOT NULL,
    number       bigint NOT NULL CHECK (number > 0),
    account      text COLLATE "C" NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    component    text COLLATE "C" NOT NULL,
    used_on      date NOT NULL,
    quantity     numeric NOT NULL,
    reference    text COLLATE "C" NOT NULL,
    is_left_out  boolean NOT NULL,
    CONSTRAINT usage_records_number PRIMARY KEY (source, batch, number)
);

-- A record that its source has given an id is booked once, whatever batches it comes in: those of one source are
-- received one after the other.
CREATE INDEX usage_records_reference ON billing.usage_records (source, reference)
    WHERE reference <> '' AND NOT is_left_out;

-- Records that could not be booked, as the events of their batch say with the reason. Their source may send them again.
CREATE TABLE billing.usage_refused (
    source text COLLATE "C" NOT NULL,
    batch  text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT usage_refused_number PRIMARY KEY (source, batch, number)
);

COMMENT ON COLUMN billing.usage_records.number IS 'Orders the records of a batch, as the lines of its file do';
COMMENT ON COLUMN billing.usage_records.quantity IS 'Without zeros at its end, as it is hashed';
COMMENT ON COLUMN billing.usage_records.is_left_out IS 'It is not booked, as its reference was received before, or as the event that covers it says';
