"""Which cash desks are there, and which session is open at each?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from billing_core.cash.desks import (
    CashDesk,
    CashDeskChanged,
    CashDeskClosed,
    CashDeskRegistered,
    CashSessionEnded,
    CashSessionStarted,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.projection import Cursor, LoggedEvent

UPSERT = """
    INSERT INTO cash_desks (desk, seller, currency, dealer, settles_at, details) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (desk) DO UPDATE SET settles_at = excluded.settles_at, details = excluded.details, is_closed = false
"""
_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(CashDesk).decode


class CashDesks:
    """Every cash desk with its details, its open session, and what the last count left.

    What happens to a desk is rare, a few times a day: each event is written by itself.
    """

    name = "cash-desks"
    version = 2
    tables = ("cash_desks",)
    streams = ("cash-desk",)
    by_stream = True
    definition = """
        CREATE TABLE cash_desks (
            desk text COLLATE "C" PRIMARY KEY, seller text NOT NULL, currency text NOT NULL,
            dealer text COLLATE "C" NOT NULL, settles_at text COLLATE "C" NOT NULL, details text NOT NULL,
            session text NOT NULL DEFAULT '', left_over numeric NOT NULL DEFAULT 0, is_closed boolean NOT NULL
            DEFAULT false
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (
        CashDeskRegistered, CashDeskChanged, CashDeskClosed, CashSessionStarted, CashSessionEnded
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:
            match entry.event:
                case CashDeskRegistered(desk=desk) | CashDeskChanged(desk=desk):
                    cursor.execute(UPSERT, (desk.code, desk.seller, desk.currency, desk.dealer, desk.settles_at,
                                            _encode(desk).decode()))  # fmt: skip
                case CashDeskClosed(desk=code):
                    cursor.execute("UPDATE cash_desks SET is_closed = true WHERE desk = %s", (code,))
                case CashSessionStarted(desk=code, session=session):
                    cursor.execute("UPDATE cash_desks SET session = %s WHERE desk = %s", (session, code))
                case CashSessionEnded(desk=code, left=left):
                    cursor.execute("UPDATE cash_desks SET session = '', left_over = %s WHERE desk = %s",
                                   (left.amount, code))  # fmt: skip


# --- queries


class CashDeskRow(msgspec.Struct):
    """A cash desk as listed: its details, its open session if there is one, and what the last count left."""

    desk: CashDesk
    session: str
    left: Money
    is_closed: bool


def cash_desks(cursor: Cursor, desk: str = "") -> list[CashDeskRow]:
    """All desks in order of code, or one."""
    rows = cursor.execute(
        """SELECT details, session, left_over, currency, is_closed FROM cash_desks
           WHERE %s IN ('', desk) ORDER BY desk""",
        (desk,),
    )
    return [
        CashDeskRow(_decode(details), session, Money(left, currency), is_closed)
        for details, session, left, currency, is_closed in rows
    ]


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The sellers of desks, of their sessions and of what they printed."""
    desks: dict[str, list[str]] = {}
    for stream in streams:
        kind, _, number = stream.partition("/")
        if kind in ("cash-desk", "cash-prints"):
            desks.setdefault(number, []).append(stream)
        elif kind == "cash-session":
            desks.setdefault(number.rpartition("-")[0], []).append(stream)
    found: dict[str, Any] = dict(
        cursor.execute("SELECT desk, seller FROM cash_desks WHERE desk = ANY(%s)", (list(desks),)).fetchall()
    )
    return {stream: found[desk] for desk, named in desks.items() if desk in found for stream in named}
