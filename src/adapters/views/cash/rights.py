"""Who may look at which cash desk: those whom the desk names, and who may change desks; of a dealer, at its own ones.

An operator of a dealer is answered of another desk as of one that does not exist.
"""

from __future__ import annotations

from adapters.bootstrap.operations import operations
from adapters.views.query import Reading
from billing_core.cash.desks import CashDesk, may_at
from billing_core.kernel.errors import NotFound
from billing_core.staff.roles import NotPermitted
from commands.cash.desks import ChangeCashDesk
from projections.cash.desks import CashDeskRow, cash_desks
from projections.platform.projection import Cursor


def may_see(desk: CashDesk, reading: Reading) -> bool:
    """Whether who asks may look at a desk."""
    return _is_within(desk, reading) and _may_look(desk, reading)


def _is_within(desk: CashDesk, reading: Reading) -> bool:
    return reading.dealer in ("", desk.dealer)


def _may_look(desk: CashDesk, reading: Reading) -> bool:
    return may_at(desk, reading.actor, "read") or reading.permits(operations()[ChangeCashDesk].permission)


def seen_desk(cursor: Cursor, code: str, reading: Reading) -> CashDeskRow:
    """A desk at which who asks may look."""
    for row in cash_desks(cursor, code) if code else []:
        if not _is_within(row.desk, reading):
            break
        if _may_look(row.desk, reading):
            return row
        raise NotPermitted("you do not have the right `read` at this desk", field="desk", value=code)
    raise NotFound("no such cash desk is registered; `billing cash` lists them", field="desk", value=code)


def seen_desks(cursor: Cursor, reading: Reading, code: str = "") -> list[str]:
    """The codes of the desks at which who asks may look, or the named one."""
    if code:
        return [seen_desk(cursor, code, reading).desk.code]
    return [row.desk.code for row in cash_desks(cursor) if may_see(row.desk, reading)]
