"""Which payments are expected by standing orders, and which of them came?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from billing_core.expected_payments.standing_orders import (
    EARLY,
    LATE,
    CamePayment,
    Expectation,
    StandingOrderEnded,
    StandingOrderExpected,
    compare,
    expected_days,
    standing_order_stream,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO standing_orders (account, amount, currency, day, from_on, to_on)
    SELECT * FROM unnest(%b::text[], %b::numeric[], %b::text[], %b::int4[], %b::date[], %b::date[])
    ON CONFLICT (account) DO UPDATE SET amount = excluded.amount, currency = excluded.currency, day = excluded.day,
        from_on = excluded.from_on, to_on = excluded.to_on
"""
UPDATE_ENDED = """
    UPDATE standing_orders SET to_on = least(to_on, ended.ended_on)
    FROM unnest(%b::text[], %b::date[]) AS ended (account, ended_on) WHERE standing_orders.account = ended.account
"""
SELECT_PAYMENTS = """
    SELECT account, payment, received_on, amount, currency FROM payments
    WHERE account = ANY(%s) AND reversed_on IS NULL AND received_on >= %s AND received_on < %s
"""


class StandingOrders:
    """The standing order of each account that has or had one; `to_on` is the first day without an expected payment."""

    name = "standing_orders"
    version = 1
    tables = ("standing_orders",)
    streams = ("standing-order",)
    by_stream = True
    definition = """
        CREATE TABLE standing_orders (
            account text COLLATE "C" PRIMARY KEY, amount numeric NOT NULL, currency text NOT NULL,
            day integer NOT NULL, from_on date NOT NULL, to_on date);
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (StandingOrderExpected, StandingOrderEnded)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        expected: dict[str, tuple[Any, ...]] = {}
        ended: dict[str, date] = {}
        for entry in page:
            match entry.event:
                case StandingOrderExpected(amount=amount, day=day, from_on=from_on, until_on=until):
                    to_on = None if until is None else until + timedelta(days=1)
                    expected[entry.number] = (entry.number, amount.amount, amount.currency, day, from_on, to_on)
                    ended.pop(entry.number, None)
                case StandingOrderEnded(effective_on=on):
                    ended[entry.number] = on
        if expected:
            cursor.execute(UPSERT, as_columns(expected.values(), 6))
        if ended:
            cursor.execute(UPDATE_ENDED, as_columns(ended.items(), 2))


# --- queries


class ExpectedRow(msgspec.Struct):
    """A payment that a standing order lets expect, and the one that came for it."""

    account: str
    expected_on: date
    amount: Money
    outcome: str
    came_on: date | None
    came: Money | None
    payment: str


class ExpectedIn(msgspec.Struct):
    """The payments expected in `[from_on, to_on)`, as they look on a day, of a dealer's customers or of all."""

    from_on: date
    to_on: date
    today: date
    dealer: str = ""


def expected_after(
    cursor: Cursor, chosen: ExpectedIn, account: str, limit: int
) -> tuple[list[ExpectedRow], str | None]:
    """The expected payments of some accounts after one; with the last account if more follow."""
    orders = _orders(cursor, chosen, account, limit + 1)
    shown = orders[:limit]
    came = _came(cursor, [number for number, _ in shown], chosen.from_on - EARLY, chosen.to_on + LATE)
    rows = [row for number, order in shown for row in _rows(number, order, came[number], chosen)]
    return rows, shown[-1][0] if len(orders) > limit else None


def _orders(cursor: Cursor, chosen: ExpectedIn, after: str, limit: int) -> list[tuple[str, Expectation]]:
    rows = cursor.execute(
        f"""SELECT account, amount, currency, day, from_on, to_on FROM standing_orders
            WHERE account > %(after)s AND from_on < %(to_on)s AND (to_on IS NULL OR to_on > %(from_on)s)
            AND {accounts_of("account", chosen.dealer)} ORDER BY account LIMIT %(limit)s""",
        msgspec.structs.asdict(chosen) | {"after": after, "limit": limit},
    )
    return [
        (number, Expectation(Money(amount, currency), day, from_on, to_on))
        for number, amount, currency, day, from_on, to_on in rows
    ]


def _came(cursor: Cursor, accounts: Sequence[str], from_on: date, to_on: date) -> dict[str, list[CamePayment]]:
    found: dict[str, list[CamePayment]] = defaultdict(list)
    for account, payment, on, amount, currency in cursor.execute(SELECT_PAYMENTS, (list(accounts), from_on, to_on)):
        found[account].append(CamePayment(payment, on, Money(amount, currency)))
    return found


def _rows(account: str, order: Expectation, came: Sequence[CamePayment], chosen: ExpectedIn) -> list[ExpectedRow]:
    days = list(expected_days(order, chosen.from_on, chosen.to_on))
    return [
        ExpectedRow(
            account, each.expected_on, each.amount, each.outcome,
            None if each.came is None else each.came.received_on, None if each.came is None else each.came.amount,
            "" if each.came is None else each.came.payment,
        )
        for each in compare(order, came, days, chosen.today)
    ]  # fmt: skip


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The standing orders of the customer's accounts."""
    rows = cursor.execute(
        """SELECT account FROM standing_orders JOIN accounts ON accounts.number = standing_orders.account
           WHERE customer = %s ORDER BY account""",
        (customer,),
    )
    return [standing_order_stream(row[0]) for row in rows]


AREA = Area(true_by_date=(StandingOrders(),), streams_of_customer=streams_of_customer)
