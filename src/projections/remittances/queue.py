"""Which remittances wait, which do not any more, and what was done with them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.payments.payer_accounts import payer_accounts_stream
from billing_core.payments.remittances import remittance_stream
from projections.platform.projection import Cursor

FOLLOWING = """
    (%(after_on)s::date IS NULL OR (received_on, remittance) > (%(after_on)s, %(name)s))
    AND ({every} OR waiting > 0)
"""
SELECT_REMITTANCES = "SELECT remittance, received_on, method, amount, waiting, currency, state FROM remittances"
SELECT_ACTS = """
    SELECT remittance, place, act, account, payment, remittance_acts.amount, currency, acted_on, reason, kind,
        bank_order, done_by, done_at
    FROM remittance_acts JOIN remittances USING (remittance) WHERE NOT is_undone
"""


class RemittanceRow(msgspec.Struct):
    """A remittance as listed: how much of it waits, and what became of the rest."""

    remittance: str
    received_on: date
    method: str
    amount: Money
    waiting: Money
    state: str


class RemittanceActRow(msgspec.Struct):
    """Something that was done with a remittance and holds: with a part of it for an account, or with what waited."""

    remittance: str
    place: int
    act: str
    account: str
    payment: str
    amount: Money
    on: date
    reason: str
    kind: str
    order: str
    done_by: str
    done_at: datetime


def remittances_after(cursor: Cursor, after: str, limit: int, *, waiting_only: bool) -> list[RemittanceRow]:
    """The oldest first, those of one day by name; `after` is day and name of the last one that was listed."""
    rows = cursor.execute(
        f"""{SELECT_REMITTANCES}
            WHERE {FOLLOWING.format(every=not waiting_only)} ORDER BY received_on, remittance LIMIT %(limit)s""",
        {**_place(after), "limit": limit},
    )
    return [_row(row) for row in rows]


def remittance_named(cursor: Cursor, name: str) -> RemittanceRow | None:
    """One of them."""
    row = cursor.execute(f"{SELECT_REMITTANCES} WHERE remittance = %s", (name,)).fetchone()
    return None if row is None else _row(row)


def _row(row: Sequence[Any]) -> RemittanceRow:
    name, on, method, amount, waiting, currency, state = row
    return RemittanceRow(name, on, method, Money(amount, currency), Money(waiting, currency), state)


def place_of(row: RemittanceRow) -> str:
    """The place of a remittance in the list: `2026-01-20 bank:17`."""
    return f"{row.received_on} {row.remittance}"


def _place(after: str) -> dict[str, Any]:
    written, _, name = after.partition(" ")
    try:
        return {"after_on": date.fromisoformat(written) if written else None, "name": name}
    except ValueError:
        raise InvalidValue("is no place in the list, as `2026-01-20 bank:17` is", field="after", value=after) from None


def count_remittances(cursor: Cursor, after: str, *, waiting_only: bool) -> int:
    """The number of them."""
    row = cursor.execute(
        f"SELECT count(*) FROM remittances WHERE {FOLLOWING.format(every=not waiting_only)}", _place(after)
    ).fetchone()
    return int(row[0])


def waiting_totals(cursor: Cursor) -> dict[str, tuple[int, Money]]:
    """The number of the remittances that wait, and the sum of what waits, per currency."""
    rows = cursor.execute(
        """SELECT currency, count(*), sum(waiting) FROM remittances WHERE waiting > 0
           GROUP BY currency ORDER BY currency"""
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


def acts_of(cursor: Cursor, names: Sequence[str]) -> dict[str, list[RemittanceActRow]]:
    """What was done with some remittances and holds, in its order."""
    found: dict[str, list[RemittanceActRow]] = {name: [] for name in names}
    rows = cursor.execute(f"{SELECT_ACTS} AND remittance = ANY(%s) ORDER BY remittance, place, part", (list(names),))
    for row in rows:
        act = _act(row)
        found[act.remittance].append(act)
    return found


def last_acts_of(cursor: Cursor, actor: str, limit: int) -> list[RemittanceActRow]:
    """What somebody did last, the last first, and what still holds of it."""
    rows = cursor.execute(f"{SELECT_ACTS} AND done_by = %s ORDER BY position DESC, part LIMIT %s", (actor, limit))
    return [_act(row) for row in rows]


def _act(row: Sequence[Any]) -> RemittanceActRow:
    name, place, act, account, payment, amount, currency, *rest = row
    return RemittanceActRow(name, place, act, account, payment, Money(amount, currency), *rest)


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The remittances that were assigned to the customer's accounts, and what is known of who pays for these."""
    rows = cursor.execute(
        """SELECT DISTINCT remittance FROM remittance_acts JOIN accounts ON accounts.number = remittance_acts.account
           WHERE NOT is_undone AND customer = %s ORDER BY remittance""",
        (customer,),
    )
    found = [remittance_stream(row[0]) for row in rows]
    payers = cursor.execute(
        """SELECT DISTINCT account FROM payer_accounts JOIN accounts ON accounts.number = payer_accounts.account
           WHERE accounts.customer = %s ORDER BY account""",
        (customer,),
    )
    return [*found, *(payer_accounts_stream(row[0]) for row in payers)]
