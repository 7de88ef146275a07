"""Which causes are there, since when, and which tickets did they open; by which rules?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.causes import CauseAppeared, CauseHandled, CauseRuleSet, CauseVanished, OpenOnCause
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_RULES = """
    INSERT INTO cause_rules (cause, seller, rule) SELECT * FROM unnest(%b::text[], %b::text[], %b::text[])
    ON CONFLICT (cause, seller) DO UPDATE SET rule = excluded.rule
"""
UPSERT_CAUSES = """
    INSERT INTO causes (name, cause, account, device, node, is_there, since, ticket)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bool[], %b::timestamptz[],
                         %b::text[])
    ON CONFLICT (name) DO UPDATE SET device = excluded.device, node = excluded.node, is_there = excluded.is_there,
        since = excluded.since, ticket = excluded.ticket
"""
COLUMNS = "name, cause, account, device, node, is_there, since, ticket"


class CauseRules:
    """Which causes open which tickets, as now known."""

    name = "cause_rules"
    version = 1
    tables = ("cause_rules",)
    by_stream = True
    definition = """
        CREATE TABLE cause_rules (
            cause text COLLATE "C" NOT NULL, seller text COLLATE "C" NOT NULL, rule text NOT NULL,
            PRIMARY KEY (cause, seller));
    """
    indexes = ""
    streams = ("cause-rule",)
    folds: tuple[type[Event], ...] = (CauseRuleSet,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rules: dict[tuple[str, str], OpenOnCause | None] = {}
        for entry in page:
            if isinstance(entry.event, CauseRuleSet):
                rules[entry.event.cause, entry.event.seller] = entry.event.rule
        known = ((*key, msgspec.json.encode(rule).decode()) for key, rule in rules.items())
        cursor.execute(UPSERT_RULES, as_columns(known, 3))
        cursor.execute("DELETE FROM cause_rules WHERE rule = 'null'")


class CauseRow(msgspec.Struct):
    """A cause with the last ticket that it opened; since `since` it is there or gone."""

    name: str
    cause: str
    account: str
    device: str
    node: str
    is_there: bool
    since: datetime
    ticket: str


class Causes:
    """Every cause that was ever there."""

    name = "causes"
    version = 1
    tables = ("causes",)
    by_stream = True
    definition = """
        CREATE TABLE causes (
            name text COLLATE "C" PRIMARY KEY, cause text COLLATE "C" NOT NULL, account text COLLATE "C" NOT NULL,
            device text COLLATE "C" NOT NULL, node text COLLATE "C" NOT NULL, is_there boolean NOT NULL,
            since timestamptz NOT NULL, ticket text COLLATE "C" NOT NULL);
    """
    indexes = """
        CREATE INDEX ON causes (name) WHERE is_there;
        CREATE INDEX ON causes (account) WHERE account <> '';
    """
    streams = ("cause",)
    folds: tuple[type[Event], ...] = (CauseAppeared, CauseVanished, CauseHandled)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        names = sorted({entry.number for entry in page})
        found = cursor.execute(f"SELECT {COLUMNS} FROM causes WHERE name = ANY(%s)", (names,)).fetchall()
        rows = {row[0]: CauseRow(*row) for row in found}
        for entry in page:
            match entry.event:
                case CauseAppeared() as fact:
                    ticket = rows[entry.number].ticket if entry.number in rows else ""
                    rows[entry.number] = CauseRow(entry.number, fact.cause, fact.account, fact.device, fact.node, True,
                                                  fact.at, ticket)  # fmt: skip
                case CauseVanished() as fact if entry.number in rows:
                    rows[entry.number].is_there, rows[entry.number].since = False, fact.at
                case CauseHandled() as fact if entry.number in rows:
                    rows[entry.number].ticket = fact.ticket
        cursor.execute(UPSERT_CAUSES, as_columns((msgspec.structs.astuple(row) for row in rows.values()), 8))


# --- queries


class CauseRuleRow(msgspec.Struct):
    """The rule for a cause: of the house, or of a seller."""

    cause: str
    seller: str
    rule: OpenOnCause


def list_cause_rules(cursor: Cursor) -> list[CauseRuleRow]:
    """All rules in order of cause and seller."""
    rows = cursor.execute("SELECT cause, seller, rule FROM cause_rules ORDER BY cause, seller")
    return [CauseRuleRow(cause, seller, msgspec.json.decode(rule, type=OpenOnCause)) for cause, seller, rule in rows]


def list_causes(cursor: Cursor, after: str, limit: int) -> list[CauseRow]:
    """The causes that are there now, in order of name, after a name."""
    statement = f"SELECT {COLUMNS} FROM causes WHERE is_there AND name > %s ORDER BY name LIMIT %s"
    return [CauseRow(*row) for row in cursor.execute(statement, (after, limit))]


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the causes on the accounts of a customer."""
    rows = cursor.execute(
        """SELECT name FROM causes WHERE account <> '' AND account IN (
               SELECT number FROM accounts WHERE customer = %s) ORDER BY name""",
        (customer,),
    )
    return [f"cause/{name}" for (name,) in rows]


# --- what must hold

INVARIANTS = {
    "the ticket of a cause is a ticket": """
        SELECT name FROM causes WHERE ticket <> '' AND ticket NOT IN (SELECT number FROM tickets)
    """,
    "a cause has at most one open ticket": """
        SELECT cause FROM tickets WHERE state = 'open' AND cause <> '' GROUP BY cause HAVING count(*) > 1
    """,
}
