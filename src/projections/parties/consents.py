"""For which purposes are customers asked to agree, and in which words?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties.consents import ConsentPurposePut
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_PURPOSES = """
    INSERT INTO consent_purposes (code, name) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET name = excluded.name
"""
INSERT_WORDINGS = """
    INSERT INTO consent_wordings (code, version, since_on, wording)
    SELECT * FROM unnest(%b::text[], %b::int4[], %b::date[], %b::text[]) ON CONFLICT DO NOTHING
"""


class ConsentPurposes:
    """The purposes for which customers are asked to agree, with every wording."""

    name = "consent_purposes"
    version = 1
    tables = ("consent_purposes", "consent_wordings")
    by_stream = True
    definition = """
        CREATE TABLE consent_purposes (code text COLLATE "C" PRIMARY KEY, name text NOT NULL);
        CREATE TABLE consent_wordings (
            code text COLLATE "C" NOT NULL, version integer NOT NULL, since_on date NOT NULL, wording text NOT NULL,
            PRIMARY KEY (code, version));
    """
    indexes = ""
    streams = ("consent-purpose",)
    folds: tuple[type[Event], ...] = (ConsentPurposePut,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        facts = [entry.event for entry in page if isinstance(entry.event, ConsentPurposePut)]
        names = {fact.purpose.code: fact.purpose.name for fact in facts}
        cursor.execute(UPSERT_PURPOSES, as_columns(names.items(), 2))
        rows = ((fact.purpose.code, fact.version, fact.effective_on, fact.purpose.wording) for fact in facts)
        cursor.execute(INSERT_WORDINGS, as_columns(rows, 4))


# --- queries


class ConsentWording(msgspec.Struct):
    """A wording of a purpose, and the day since which it is used."""

    version: int
    since_on: date
    wording: str


class ConsentPurposeRow(msgspec.Struct):
    """A purpose of consents with all its wordings; the last one is the present one."""

    code: str
    name: str
    wordings: list[ConsentWording]


def list_purposes(cursor: Cursor) -> list[ConsentPurposeRow]:
    """All purposes, in order of code."""
    wordings: dict[str, list[ConsentWording]] = {}
    rows = cursor.execute("SELECT code, version, since_on, wording FROM consent_wordings ORDER BY code, version")
    for code, *wording in rows.fetchall():
        wordings.setdefault(code, []).append(ConsentWording(*wording))
    purposes = cursor.execute("SELECT code, name FROM consent_purposes ORDER BY code").fetchall()
    return [ConsentPurposeRow(code, name, wordings[code]) for code, name in purposes]
