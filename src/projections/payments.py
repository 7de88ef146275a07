"""Which payments were received, to which invoices are they allocated, which part is unused, and what was given back?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import (
    Adjustment,
    CreditAllocated,
    CreditKeptAsIncome,
    CreditPaidOut,
    CreditReleased,
    CreditTransferredAway,
    CreditTransferredIn,
    InvoiceWrittenOff,
    ItemsFellDue,
    KeptCreditRestored,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
    WriteOffCancelled,
    adjusted_credits,
)
from billing_core.payments.falling_due import FALLS_DUE
from projections import money_in, unused_credits
from projections.crumbs import Crumbs
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.deadlines import Deadline
from projections.platform.ordering import Order
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows
from projections.unused_credits import UnusedCredits

ADJUSTMENTS: Mapping[type[Event], str] = {
    PaymentPartlyReversed: "partial-reversal",
    PaymentRefunded: "refund",
    CreditPaidOut: "pay-out",
    InvoiceWrittenOff: "write-off",
    WriteOffCancelled: "write-off-cancelled",
    PayOutReturned: "pay-out-returned",
    CreditKeptAsIncome: "kept-as-income",
    KeptCreditRestored: "kept-credit-restored",
    CreditTransferredAway: "transfer-away",
    CreditTransferredIn: "transfer-in",
}

PAYMENT_COLUMNS = {
    "account": "text", "payment": "text", "version": "int8", "received_on": "date", "method": "text",
    "amount": "numeric", "currency": "text", "from_remittance": "bool",
}  # fmt: skip
ADJUSTMENT_COLUMNS = {
    "account": "text", "credit": "text", "version": "int8", "part": "int4", "kind": "text", "adjusted_on": "date",
    "amount": "numeric", "currency": "text", "reason": "text",
}  # fmt: skip
UPDATE_REVERSED = """
    UPDATE payments SET reversed_on = change.reversed_on, reason = change.reason, reversed_amount = change.amount
    FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::numeric[])
        AS change (account, payment, reversed_on, reason, amount)
    WHERE payments.account = change.account AND payments.payment = change.payment AND payments.version = (
        SELECT max(version) FROM payments AS arrival WHERE arrival.account = change.account
            AND arrival.payment = change.payment AND arrival.reversed_on IS NULL
    )
"""
DELETE_MOVED = """
    DELETE FROM payments USING unnest(%b::text[], %b::text[]) AS moved (account, payment)
    WHERE payments.account = moved.account AND payments.payment = moved.payment
    RETURNING payments.account, payments.payment, payments.amount, payments.currency, payments.from_remittance
"""
UPSERT_ALLOCATIONS = """
    INSERT INTO allocations (account, credit, invoice, amount)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::numeric[])
    ON CONFLICT (account, credit, invoice) DO UPDATE SET amount = allocations.amount + excluded.amount
"""


class Payments:
    """Payments, what every credit (payment, credit note or write-off) settles on every invoice, and adjustments.

    `credit_adjustments` has what credits gained or lost otherwise: refunds, pay-outs and parts taken back as negative
    amounts, write-offs as positive ones. `payment_sums` has by source what payments brought in and settled.

    A moved payment belongs to the account to which it was moved last. Payers and their references are personal, so they
    stay in the account's stream. `version` is that of its arrival in the stream: a payment that was booked twice has
    two rows, which the check names, and the read models go on.
    """

    name = "payments"
    version = 8
    tables = ("payments", "allocations", "credit_adjustments", *money_in.TABLES)
    by_stream = True
    definition = f"""
        CREATE TABLE payments (
            account text COLLATE "C" NOT NULL, payment text COLLATE "C" NOT NULL, version bigint NOT NULL,
            received_on date NOT NULL, method text NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            from_remittance boolean NOT NULL, reversed_on date, reason text, reversed_amount numeric,
            PRIMARY KEY (account, payment, version));
        CREATE TABLE allocations (
            account text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, invoice text COLLATE "C" NOT NULL,
            amount numeric NOT NULL, PRIMARY KEY (account, credit, invoice));
        CREATE TABLE credit_adjustments (
            account text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, version bigint NOT NULL,
            part integer NOT NULL, kind text NOT NULL, adjusted_on date NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, reason text NOT NULL, PRIMARY KEY (account, version, part));
        {money_in.DEFINITION}
    """
    indexes = """
        CREATE INDEX ON payments (received_on, payment);
        CREATE INDEX ON payments (received_on, payment) WHERE reversed_on IS NOT NULL;
        CREATE INDEX ON payments (amount, payment);
    """
    streams = ("account",)
    folds = (
        PaymentReceived, PaymentMovedIn, PaymentMovedAway, PaymentReversed, CreditAllocated, CreditReleased,
        *get_args(Adjustment),
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        arrived: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
        moved_away: set[tuple[str, str]] = set()
        reversals: list[tuple[Any, ...]] = []
        changes: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        adjustments = [row for entry in page for row in _adjustment_rows(entry)]
        sums = money_in.PageSums()
        for entry in page:
            match entry.event:
                case PaymentReceived() | PaymentMovedIn() as fact:
                    row = _payment_row(entry, fact)
                    arrived[entry.number, fact.payment].append(row)
                    _count(sums, [row])
                case PaymentMovedAway(payment=payment):
                    rows_here = arrived.pop((entry.number, payment), [])
                    _count(sums, rows_here, -1)
                    if not rows_here:
                        moved_away.add((entry.number, payment))
                case PaymentReversed(payment=payment, effective_on=on, reason=reason) as fact:
                    reversals.append((entry.number, payment, on, reason, fact.amount.amount))
                case CreditAllocated() | CreditReleased() as fact:
                    sign = 1 if isinstance(fact, CreditAllocated) else -1
                    for item in fact.allocations:
                        amount = sign * item.amount.amount
                        changes[entry.number, item.credit, item.invoice] += amount
                        sums.allocate(entry.number, item.credit, amount, item.amount.currency)
        if moved_away:
            _count(sums, cursor.execute(DELETE_MOVED, as_columns(moved_away, 2)).fetchall(), -1)
        if arrived:
            insert_rows(cursor, "payments", PAYMENT_COLUMNS, chain.from_iterable(arrived.values()))
        if reversals:
            cursor.execute(UPDATE_REVERSED, as_columns(reversals, 5))
        if changes:
            rows = ((*key, amount) for key, amount in changes.items())
            cursor.execute(UPSERT_ALLOCATIONS, as_columns(rows, 4))
        if adjustments:
            insert_rows(cursor, "credit_adjustments", ADJUSTMENT_COLUMNS, adjustments)
        sums.write(cursor)


def _payment_row(entry: LoggedEvent, fact: PaymentReceived | PaymentMovedIn) -> tuple[Any, ...]:
    amount = fact.amount
    return (entry.number, fact.payment, entry.version, fact.effective_on, fact.method, amount.amount, amount.currency,
            bool(fact.remittance))  # fmt: skip


def _count(sums: money_in.PageSums, rows: Iterable[Sequence[Any]], sign: int = 1) -> None:
    """Add rows of `payments` to the sums, or take those off that are moved away."""
    for account, payment, *_, amount, currency, from_remittance in rows:
        if not from_remittance:
            sums.receive(account, payment, sign * amount, currency)


def _adjustment_rows(entry: LoggedEvent) -> Iterator[tuple[Any, ...]]:
    fact = entry.event
    if isinstance(fact, Adjustment):
        for number, part in enumerate(adjusted_credits(fact)):
            yield (entry.number, part.credit, entry.version, number, ADJUSTMENTS[type(fact)], fact.effective_on,
                   part.amount.amount, part.amount.currency, _reason(fact))  # fmt: skip


def _reason(fact: Adjustment) -> str:
    """Why; what tells of a person stays in the account's stream."""
    return "" if isinstance(fact, CreditTransferredAway | CreditTransferredIn) else fact.reason


# --- queries


class PaymentRow(msgspec.Struct):
    """A payment as listed."""

    payment: str
    account: str
    received_on: date
    method: str
    amount: Money
    reversed_on: date | None
    reason: str | None


def payments_of(cursor: Cursor, account: str) -> list[PaymentRow]:
    """The payments of an account, in order of date."""
    rows = cursor.execute(
        """SELECT payment, account, received_on, method, amount, currency, reversed_on, reason
           FROM payments WHERE account = %s ORDER BY received_on, payment""",
        (account,),
    )
    return [
        PaymentRow(payment, account, on, method, Money(amount, currency), *rest)
        for payment, account, on, method, amount, currency, *rest in rows
    ]


class Received(NamedTuple):
    """The payments received in `[from_on, to_on)`, on an account, of a dealer's customers; None does not matter."""

    from_on: date | None = None
    to_on: date | None = None
    account: str | None = None
    dealer: str = ""
    reversed_only: bool = False


PaymentSort = Literal["received_on", "-received_on", "amount", "-amount"]
NEWEST: PaymentSort = "-received_on"
ORDERS: Mapping[PaymentSort, Order] = {
    f"{sign}{column}": Order("payment", column, is_descending=bool(sign))  # type: ignore[misc]
    for column in ("received_on", "amount") for sign in ("", "-")
}  # fmt: skip


def received_payments(
    cursor: Cursor, chosen: Received, limit: int, after: str = "", sort: PaymentSort = NEWEST
) -> list[PaymentRow]:
    """Payments in an order, those of one day or amount by name; `after` is the place of the last one that was listed.

    Amounts of several currencies are sorted as numbers.
    """
    order = ORDERS[sort]
    rows = cursor.execute(
        f"""SELECT payment, account, received_on, method, amount, currency, reversed_on, reason FROM payments
            WHERE (%(from_on)s::date IS NULL OR received_on >= %(from_on)s)
            AND (%(to_on)s::date IS NULL OR received_on < %(to_on)s)
            AND (%(account)s::text IS NULL OR account = %(account)s) AND {accounts_of("account", chosen.dealer)}
            {"AND reversed_on IS NOT NULL" if chosen.reversed_only else ""}
            AND {order.beyond(is_first=not after)} ORDER BY {order.by} LIMIT %(limit)s""",
        chosen._asdict() | _last_one(after, order) | {"limit": limit},
    )
    return [
        PaymentRow(payment, account, on, method, Money(amount, currency), *rest)
        for payment, account, on, method, amount, currency, *rest in rows
    ]


def place_of(row: PaymentRow, sort: PaymentSort) -> str:
    """Where a payment stands in a list, as the `after` of the page that follows it."""
    at = row.received_on if ORDERS[sort].column == "received_on" else f"{row.amount.amount:f}"
    return f"{at} {row.payment}"


def _last_one(after: str, order: Order) -> dict[str, object]:
    """The last payment of the page before."""
    at, _, payment = after.partition(" ")
    if not after:
        return {}
    try:
        read = date.fromisoformat if order.column == "received_on" else _number
        return {"at": read(at), "after": payment}
    except ValueError:
        raise InvalidValue("is no place in the list of payments", field="after", value=after) from None


def _number(written: str) -> Decimal:
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise ValueError(written) from None
    if not found.is_finite():
        raise ValueError(written)
    return found


def allocations_of(cursor: Cursor, account: str) -> dict[str, dict[str, Decimal]]:
    """The allocations of each credit of an account, by credit and invoice, without released ones."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    rows = cursor.execute(
        "SELECT credit, invoice, amount FROM allocations WHERE account = %s AND amount <> 0 ORDER BY credit, invoice",
        (account,),
    )
    for credit, invoice, amount in rows:
        found[credit][invoice] = amount
    return found


def payment_totals(cursor: Cursor) -> dict[str, tuple[int, Money]]:
    """The number and sum of the payments that were not reversed, per currency."""
    rows = cursor.execute(
        """SELECT currency, count(*), sum(amount) FROM payments WHERE reversed_on IS NULL
           GROUP BY currency ORDER BY currency"""
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


# --- what must hold

# What every credit is: a payment, a credit note or a write-off, with what was added to it or taken of it.
SELECT_CREDITS = """
    SELECT account, credit, sum(amount) AS amount FROM (
        SELECT account, payment AS credit, amount - coalesce(reversed_amount, 0) AS amount FROM payments
        UNION ALL SELECT account, number, -gross FROM documents WHERE kind = 'credit-note'
        UNION ALL SELECT account, credit, amount FROM credit_adjustments
    ) AS parts GROUP BY account, credit
"""
INVARIANTS = {
    "a payment is received once": """
        SELECT payment || ' on account ' || string_agg(account, ' and ' ORDER BY account, version)
        FROM payments WHERE reversed_on IS NULL GROUP BY payment HAVING count(*) > 1
    """,
    "what is open on an invoice is its total less its allocations, and never negative": """
        SELECT number FROM documents LEFT JOIN (
            SELECT invoice, sum(amount) AS allocated FROM allocations GROUP BY invoice
        ) AS settled ON settled.invoice = documents.number
        WHERE kind = 'invoice' AND (open_amount <> gross - coalesce(allocated, 0) OR open_amount < 0)
    """,
    "no credit is allocated or given back beyond what it is": f"""
        SELECT credit FROM (SELECT account, credit, sum(amount) AS allocated, min(amount) AS least
                            FROM allocations GROUP BY account, credit) AS used
        FULL JOIN ({SELECT_CREDITS}) AS credits USING (account, credit)
        WHERE least < 0 OR coalesce(allocated, 0) > coalesce(credits.amount, 0)
    """,
    **unused_credits.INVARIANTS,
    **money_in.INVARIANTS,
}


# --- deadlines


def _issued(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, InvoiceIssued)
    if entry.event.settled_from is not None and entry.event.settled_from < date.max:
        yield Deadline(FALLS_DUE, entry.event.settled_from, entry.event.number)


def _released(entry: LoggedEvent) -> Iterator[Deadline]:
    """What is open again waits for the same day; if that has passed, it is due at once."""
    assert isinstance(entry.event, CreditReleased)
    for part in entry.event.allocations:
        if part.settled_from is not None and part.settled_from < date.max:
            yield Deadline(FALLS_DUE, part.settled_from, part.invoice)


def _fell_due(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, ItemsFellDue)
    yield from (Deadline(FALLS_DUE, None, invoice) for invoice in entry.event.invoices)


AREA = Area(
    true_by_date=(Payments(), UnusedCredits(), Crumbs()),
    invariants=INVARIANTS,
    deadlines={InvoiceIssued: _issued, CreditReleased: _released, ItemsFellDue: _fell_due},
)
