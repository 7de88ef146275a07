-- Who has a ticket open at the moment. It ends by itself and leaves no fact: what two people do at once is proved by the
-- versions of the ticket's stream, this only warns them.
CREATE TABLE billing.ticket_holds (
    ticket   text COLLATE "C" NOT NULL,
    operator text COLLATE "C" NOT NULL,
    held_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    PRIMARY KEY (ticket, operator)
);

CREATE INDEX ticket_holds_ended ON billing.ticket_holds (until_at);
