"""Which money came in that nobody recognised, and what became of it?

Payers and what they wrote are personal, so they stay in the remittance's stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.money import Money
from billing_core.payments.remittances import (
    RemittanceAssigned,
    RemittanceGivenBack,
    RemittanceReceived,
    remittance_stream,
)
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "remittance": "text", "received_on": "date", "amount": "numeric", "currency": "text", "state": "text",
    "account": "text", "given_back_on": "date", "reason": "text",
}  # fmt: skip
UPDATE_SETTLED = """
    UPDATE remittances SET state = settled.state, account = settled.account, given_back_on = settled.given_back_on,
        reason = settled.reason
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::text[])
        AS settled (remittance, state, account, given_back_on, reason)
    WHERE remittances.remittance = settled.remittance
"""


class Remittances:
    """Every remittance with its state: waiting, assigned or given back."""

    name = "remittances"
    version = 1
    tables = ("remittances",)
    streams = ("remittance",)
    by_stream = True
    definition = """
        CREATE TABLE remittances (
            remittance text COLLATE "C" PRIMARY KEY, received_on date NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, state text NOT NULL, account text, given_back_on date, reason text
        );
    """
    indexes = """
        CREATE INDEX ON remittances (received_on, remittance) WHERE state = 'waiting';
        CREATE INDEX ON remittances (account);
    """
    folds = (RemittanceReceived, RemittanceAssigned, RemittanceGivenBack)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        received: list[tuple[Any, ...]] = []
        settled: list[tuple[Any, ...]] = []
        for entry in page:
            match entry.event:
                case RemittanceReceived(effective_on=on, amount=amount):
                    received.append((entry.number, on, amount.amount, amount.currency, "waiting", None, None, None))
                case RemittanceAssigned(account=account):
                    settled.append((entry.number, "assigned", account, None, None))
                case RemittanceGivenBack(effective_on=on, reason=reason):
                    settled.append((entry.number, "given back", None, on, reason))
        if received:
            insert_rows(cursor, "remittances", COLUMNS, received)
        if settled:
            cursor.execute(UPDATE_SETTLED, as_columns(settled, 5))


# --- queries


class RemittanceRow(msgspec.Struct):
    """A remittance as listed."""

    remittance: str
    received_on: date
    amount: Money
    state: str
    account: str | None
    given_back_on: date | None
    reason: str | None


def remittances_after(cursor: Cursor, after: str, limit: int, *, waiting_only: bool) -> list[RemittanceRow]:
    """The remittances after one of that name, in order of name."""
    rows = cursor.execute(
        """SELECT remittance, received_on, amount, currency, state, account, given_back_on, reason FROM remittances
           WHERE remittance > %s AND (NOT %s OR state = 'waiting') ORDER BY remittance LIMIT %s""",
        (after, waiting_only, limit),
    )
    return [RemittanceRow(name, on, Money(amount, currency), *rest) for name, on, amount, currency, *rest in rows]


def count_remittances(cursor: Cursor, after: str, *, waiting_only: bool) -> int:
    """The number of them."""
    row = cursor.execute(
        "SELECT count(*) FROM remittances WHERE remittance > %s AND (NOT %s OR state = 'waiting')",
        (after, waiting_only),
    ).fetchone()
    return int(row[0])


def waiting_totals(cursor: Cursor) -> dict[str, tuple[int, Money]]:
    """The number and sum of the remittances that wait, per currency."""
    rows = cursor.execute(
        """SELECT currency, count(*), sum(amount) FROM remittances WHERE state = 'waiting'
           GROUP BY currency ORDER BY currency"""
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The remittances that were assigned to the customer's accounts."""
    rows = cursor.execute(
        """SELECT remittance FROM remittances JOIN accounts ON accounts.number = remittances.account
           WHERE customer = %s ORDER BY remittance""",
        (customer,),
    )
    return [remittance_stream(row[0]) for row in rows]


# --- what must hold

INVARIANTS = {
    "an assigned remittance is a payment of the same amount": """
        SELECT remittance FROM remittances WHERE state = 'assigned' AND NOT EXISTS (
            SELECT FROM payments WHERE payment = remittance AND payments.amount = remittances.amount)
    """,
    "a payment is no remittance that waits or was given back": """
        SELECT remittance FROM remittances JOIN payments ON payment = remittance WHERE state <> 'assigned'
    """,
}


AREA = Area(true_by_date=(Remittances(),), invariants=INVARIANTS, streams_of_customer=streams_of_customer)
