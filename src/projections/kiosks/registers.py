"""Which registers of kiosks' operators were compared with ours, and on what do they differ?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kiosks.registers import KioskRegisterCompared
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

UPSERT = """
    INSERT INTO kiosk_registers (kiosk, register_on, compared_on, lines, agreed, differences, amount, currency)
    SELECT * FROM unnest(%b::text[], %b::date[], %b::date[], %b::int8[], %b::int8[], %b::int8[], %b::numeric[],
        %b::text[])
    ON CONFLICT (kiosk, register_on) DO UPDATE SET compared_on = excluded.compared_on, lines = excluded.lines,
        agreed = excluded.agreed, differences = excluded.differences, amount = excluded.amount,
        currency = excluded.currency
"""
DELETE_DIFFERENCES = """
    DELETE FROM kiosk_differences USING unnest(%b::text[], %b::date[]) AS compared (kiosk, register_on)
    WHERE kiosk_differences.kiosk = compared.kiosk AND kiosk_differences.register_on = compared.register_on
"""
COLUMNS = {
    "kiosk": "text", "register_on": "date", "transaction": "text", "kind": "text", "theirs": "numeric",
    "ours": "numeric", "currency": "text",
}  # fmt: skip


class KioskRegisters:
    """The newest comparison of each day, with its differences."""

    name = "kiosk-registers"
    version = 1
    tables = ("kiosk_registers", "kiosk_differences")
    streams = ("kiosk-register",)
    by_stream = True
    definition = """
        CREATE TABLE kiosk_registers (
            kiosk text COLLATE "C", register_on date, compared_on date NOT NULL, lines bigint NOT NULL,
            agreed bigint NOT NULL, differences bigint NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            PRIMARY KEY (kiosk, register_on)
        );
        CREATE TABLE kiosk_differences (
            kiosk text COLLATE "C", register_on date, transaction text COLLATE "C", kind text NOT NULL,
            theirs numeric, ours numeric, currency text NOT NULL, PRIMARY KEY (kiosk, register_on, transaction)
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (KioskRegisterCompared,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        newest = {entry.number: entry.event for entry in page}
        facts = [fact for fact in newest.values() if isinstance(fact, KioskRegisterCompared)]
        rows = [
            (fact.kiosk, fact.register_on, fact.effective_on, fact.lines, fact.agreed, len(fact.differences),
             fact.amount.amount, fact.amount.currency)
            for fact in facts
        ]  # fmt: skip
        cursor.execute(UPSERT, as_columns(rows, 8))
        cursor.execute(DELETE_DIFFERENCES, as_columns([row[:2] for row in rows], 2))
        insert_rows(cursor, "kiosk_differences", COLUMNS, [row for fact in facts for row in _differences(fact)])


def _differences(fact: KioskRegisterCompared) -> list[tuple[Any, ...]]:
    return [
        (fact.kiosk, fact.register_on, each.transaction, each.kind, each.theirs.amount if each.theirs else None,
         each.ours.amount if each.ours else None, (each.theirs or each.ours or fact.amount).currency)
        for each in fact.differences
    ]  # fmt: skip


# --- queries


class KioskRegisterRow(msgspec.Struct):
    """A day's register as compared last: its lines and their sum, how many agree and how many differ."""

    register_on: date
    compared_on: date
    lines: int
    agreed: int
    differences: int
    amount: Money


class KioskDifferenceRow(msgspec.Struct):
    """A transaction on which a day's registers differ."""

    register_on: date
    transaction: str
    kind: str
    theirs: Money | None
    ours: Money | None


def registers_before(cursor: Cursor, kiosk: str, before: date | None, limit: int) -> list[KioskRegisterRow]:
    """The registers of a connection, the newest first, before a day."""
    rows = cursor.execute(
        """SELECT register_on, compared_on, lines, agreed, differences, amount, currency FROM kiosk_registers
           WHERE kiosk = %s AND (%s::date IS NULL OR register_on < %s) ORDER BY register_on DESC LIMIT %s""",
        (kiosk, before, before, limit),
    )
    return [
        KioskRegisterRow(register_on, compared_on, lines, agreed, differences, Money(amount, currency))
        for register_on, compared_on, lines, agreed, differences, amount, currency in rows
    ]


def differences_after(cursor: Cursor, kiosk: str, on: date, after: str, limit: int) -> list[KioskDifferenceRow]:
    """The differences of a day's registers after a transaction, in order of transaction."""
    rows = cursor.execute(
        """SELECT register_on, transaction, kind, theirs, ours, currency FROM kiosk_differences
           WHERE kiosk = %s AND register_on = %s AND transaction > %s ORDER BY transaction LIMIT %s""",
        (kiosk, on, after, limit),
    )
    return [
        KioskDifferenceRow(register_on, transaction, kind, _money(theirs, currency), _money(ours, currency))
        for register_on, transaction, kind, theirs, ours, currency in rows
    ]


def _money(amount: Any, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


# --- what must hold

INVARIANTS = {
    "the differences of a kiosk's register are as many as it says": """
        SELECT kiosk || ':' || register_on FROM kiosk_registers AS compared WHERE differences <> (
            SELECT count(*) FROM kiosk_differences AS each
            WHERE each.kiosk = compared.kiosk AND each.register_on = compared.register_on)
    """,
}
