"""Which steps were taken on which items, and how many customers paid after each?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from billing_core.dunning.facts import DunningStepTaken
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "account": "text", "version": "int8", "invoice": "text", "policy": "text", "step": "text", "message": "text",
    "suspends": "text", "due_on": "date", "planned_on": "date", "taken_on": "date", "open_amount": "numeric",
    "debt": "numeric", "currency": "text",
}  # fmt: skip
WITHIN = (3, 7, 14, 30)


class DunningSteps:
    """Each step taken on an item; `debt` is all that was overdue on the account then."""

    name = "dunning_steps"
    version = 1
    tables = ("dunning_steps",)
    by_stream = True
    definition = """
        CREATE TABLE dunning_steps (
            account text COLLATE "C", version bigint, invoice text COLLATE "C", policy text NOT NULL,
            step text NOT NULL, message text NOT NULL, suspends text NOT NULL, due_on date NOT NULL,
            planned_on date NOT NULL, taken_on date NOT NULL, open_amount numeric NOT NULL, debt numeric NOT NULL,
            currency text NOT NULL, PRIMARY KEY (account, version, invoice)
        );
    """
    indexes = "CREATE INDEX ON dunning_steps (taken_on); CREATE INDEX ON dunning_steps (invoice);"
    streams = ("account",)
    folds: tuple[type[Event], ...] = (DunningStepTaken,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        insert_rows(cursor, "dunning_steps", COLUMNS, (row for entry in page for row in _rows(entry)))


def _rows(entry: LoggedEvent) -> Iterator[tuple[Any, ...]]:
    fact = entry.event
    assert isinstance(fact, DunningStepTaken)
    for item in fact.items:
        yield (
            entry.number, entry.version, item.invoice, fact.policy, fact.step, fact.message, fact.suspends,
            item.due_on, item.planned_on, fact.effective_on, item.open.amount, fact.debt.amount, item.open.currency,
        )  # fmt: skip


# --- what was done on an account


class TakenStepRow(msgspec.Struct):
    """A step that was taken on an invoice of an account."""

    taken_on: date
    step: str
    policy: str
    invoice: str
    due_on: date
    open: Money
    message: str
    suspends: str
    key: str


def steps_of_account(cursor: Cursor, account: str, limit: int, after: str = "") -> list[TakenStepRow]:
    """The steps taken on an account, the newest first; `after` continues a list behind the row of this key."""
    rows = cursor.execute(
        """SELECT * FROM (
               SELECT taken_on, step, policy, invoice, due_on, open_amount, currency, message, suspends,
                      (to_char(version, 'FM000000000000') || ' ' || invoice) COLLATE "C" AS key
               FROM dunning_steps WHERE account = %(account)s
           ) AS listed WHERE %(after)s = '' OR key < %(after)s ORDER BY key DESC LIMIT %(limit)s""",
        {"account": account, "after": after, "limit": limit},
    )
    return [
        TakenStepRow(on, step, policy, invoice, due_on, Money(amount, currency), message, suspends, key)
        for on, step, policy, invoice, due_on, amount, currency, message, suspends, key in rows
    ]


# --- the funnel

# An item is paid on the day on which the last part of it was settled, unless that part was not money: a credit note or
# a write-off. `next_on` is the day of the next step on the same item.
SELECT_FUNNEL = f"""
    SELECT date_trunc('month', taken_on)::date AS month, policy, step, currency,
           count(DISTINCT account), count(*), sum(open_amount),
           {", ".join(f"count(*) FILTER (WHERE paid_on <= taken_on + {days})" for days in WITHIN)},
           count(*) FILTER (WHERE paid_on IS NOT NULL AND (next_on IS NULL OR paid_on <= next_on)),
           round(avg(paid_on - taken_on) FILTER (WHERE paid_on IS NOT NULL), 1)
    FROM (
        SELECT steps.*, last.settled_on AS paid_on,
               lead(taken_on) OVER (PARTITION BY steps.account, steps.invoice ORDER BY steps.version) AS next_on
        FROM dunning_steps AS steps
        JOIN documents ON documents.number = steps.invoice
        LEFT JOIN LATERAL (
            SELECT settlements.settled_on FROM settlements
            JOIN payments ON payments.account = settlements.account AND payments.payment = settlements.credit
            WHERE settlements.invoice = steps.invoice AND settlements.amount > 0 AND documents.open_amount = 0
            AND settlements.settled_on = (
                SELECT max(settled_on) FROM settlements AS every
                WHERE every.invoice = steps.invoice AND every.amount > 0
            ) LIMIT 1
        ) AS last ON last.settled_on >= steps.taken_on
        WHERE {{of_dealer}}
    ) AS followed
    WHERE taken_on >= %(from_on)s AND taken_on < %(to_on)s AND (%(policy)s = '' OR policy = %(policy)s)
    GROUP BY month, policy, step, currency
    ORDER BY month DESC, policy, min(taken_on - due_on), step, currency
"""


class FunnelRow(msgspec.Struct):
    """A step in a month: on how many accounts and items it was taken, and how many of the items were paid since.

    `paid_before_next` were paid before the next step was taken on them; `days_until_paid` is the mean of those that
    were paid, to one decimal.
    """

    month: date
    policy: str
    step: str
    accounts: int
    items: int
    amount: Money
    paid_within_3_days: int
    paid_within_7_days: int
    paid_within_14_days: int
    paid_within_30_days: int
    paid_before_next: int
    days_until_paid: Decimal | None


def funnel(cursor: Cursor, from_on: date, to_on: date, policy: str = "", dealer: str = "") -> list[FunnelRow]:
    """The steps taken in `[from_on, to_on)` by month, the newest first, in the order of the ladder."""
    statement = SELECT_FUNNEL.format(of_dealer=accounts_of("steps.account", dealer))
    rows = cursor.execute(statement, {"from_on": from_on, "to_on": to_on, "policy": policy, "dealer": dealer})
    return [
        FunnelRow(month, of, step, accounts, items, Money(amount, currency), *paid)
        for month, of, step, currency, accounts, items, amount, *paid in rows
    ]
