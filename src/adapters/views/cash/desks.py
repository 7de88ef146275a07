"""Cash desks: all of them, and one with what is in its till and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from adapters.views.cash.rights import may_see, seen_desk
from adapters.views.query import Page, Queries, Query, Reading
from billing_core.cash.denominations import DENOMINATIONS
from billing_core.cash.desks import CashDesk
from billing_core.cash.taking import over_limit
from billing_core.kernel.money import Money, total
from projections.cash.desks import CashDeskRow, cash_desks
from projections.cash.tills import CashSessionRow, CashTransitRow, TillLine, handed_to, session_named, till_lines


class ListCashDesks(Query, frozen=True, kw_only=True):
    """The cash desks at which you may look, in order of code; with `all` also those that are closed."""

    all: bool = False


class ShowCashDesk(Query, frozen=True, kw_only=True):
    """A cash desk now: its session, what should be in the till and why, and what was handed to it."""

    desk: str


class CashDeskNow(msgspec.Struct):
    """A desk as it stands: `till` is what should be in it, the float and the cash of all lines.

    `room` is what the limit of the till leaves; negative if it is above. `values` are the notes and coins of its
    currency, for a count. Without a session `till` is what the last count left.
    """

    desk: CashDesk
    is_closed: bool
    session: CashSessionRow | None
    till: Money
    lines: Sequence[TillLine]
    room: Money | None
    handed: Sequence[CashTransitRow]
    values: Sequence[str]


def _list_desks(query: ListCashDesks, reading: Reading) -> Page[CashDeskRow]:
    with reading.source.cursor() as cursor:
        found = [row for row in cash_desks(cursor) if may_see(row.desk, reading)]
    return Page([row for row in found if query.all or not row.is_closed], None)


def _show_desk(query: ShowCashDesk, reading: Reading) -> CashDeskNow:
    with reading.source.cursor() as cursor:
        row = seen_desk(cursor, query.desk, reading)
        session = session_named(cursor, row.session) if row.session else None
        lines = till_lines(cursor, [row.session]) if session else []
        handed = handed_to(cursor, query.desk)
    till = row.left if session is None else session.float + total((line.cash for line in lines), row.desk.currency)
    values = [f"{value:f}" for value in DENOMINATIONS.get(row.desk.currency, ())]
    return CashDeskNow(row.desk, row.is_closed, session, till, lines, _room(row.desk, till), handed, values)


def _room(desk: CashDesk, till: Money) -> Money | None:
    if desk.till_limit is None:
        return None
    over = over_limit(desk, till)
    return Money(desk.till_limit - till.amount, till.currency) if over is None else -over


QUERIES: Queries = {ListCashDesks: _list_desks, ShowCashDesk: _show_desk}
