"""Which agencies, which tables of late interest, and which terms of limitation of sellers are there now?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from billing_core.dunning.collection import CollectionAgency, CollectionAgencySet
from billing_core.dunning.interest import InterestTable, InterestTablePublished
from billing_core.dunning.limitation import LimitationTerm, LimitationTermSet
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO debt_settings (kind, code, details) SELECT * FROM unnest(%b::text[], %b::text[], %b::text[])
    ON CONFLICT (kind, code) DO UPDATE SET details = excluded.details
"""
AGENCY, TABLE, TERM = "agency", "interest-table", "limitation-term"
Setting = TypeVar("Setting")
_encode = msgspec.json.Encoder(decimal_format="string").encode


class DebtSettings:
    """Agencies, tables of late interest and terms of limitation as they were set last."""

    name = "debt-settings"
    version = 1
    tables = ("debt_settings",)
    streams = ("collection-agency", "interest-table", "limitation-term")
    by_stream = True
    definition = """
        CREATE TABLE debt_settings (
            kind text COLLATE "C", code text COLLATE "C", details text NOT NULL, PRIMARY KEY (kind, code)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (CollectionAgencySet, InterestTablePublished, LimitationTermSet)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known: dict[tuple[str, str], Any] = {}
        for entry in page:
            match entry.event:
                case CollectionAgencySet(agency=agency):
                    known[AGENCY, entry.number] = agency
                case InterestTablePublished(table=table):
                    known[TABLE, entry.number] = table
                case LimitationTermSet(term=term):
                    known[TERM, entry.number] = term
        rows = ((kind, code, _encode(details).decode()) for (kind, code), details in known.items())
        cursor.execute(UPSERT, as_columns(rows, 3))


# --- queries


def agencies_after(cursor: Cursor, after: str, limit: int) -> list[CollectionAgency]:
    """The agencies after a code, in order."""
    return [details for _, details in _after(cursor, AGENCY, CollectionAgency, after, limit)]


def tables_after(cursor: Cursor, after: str, limit: int) -> list[InterestTable]:
    """The tables of late interest after a code, in order."""
    return [details for _, details in _after(cursor, TABLE, InterestTable, after, limit)]


def own_terms(cursor: Cursor) -> dict[str, LimitationTerm]:
    """The terms of the sellers that have their own."""
    rows = cursor.execute("SELECT code, details FROM debt_settings WHERE kind = %s", (TERM,)).fetchall()
    found = {code: msgspec.json.decode(details, type=LimitationTerm | None) for code, details in rows}
    return {code: term for code, term in found.items() if term is not None}


def _after(cursor: Cursor, kind: str, of_type: type[Setting], after: str, limit: int) -> list[tuple[str, Setting]]:
    rows = cursor.execute(
        "SELECT code, details FROM debt_settings WHERE kind = %s AND code > %s ORDER BY code LIMIT %s",
        (kind, after, limit),
    ).fetchall()
    return [(code, msgspec.json.decode(details, type=of_type)) for code, details in rows]
