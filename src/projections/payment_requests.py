"""Who was asked to pay what until when, and what became of it?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payment_requests.requests import (
    STATES,
    PaymentRequested,
    PaymentRequestExpired,
    PaymentRequestPaid,
    PaymentRequestReopened,
    PaymentRequestWithdrawn,
    request_name,
)
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.deadlines import Deadline
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "account": "text", "number": "int8", "asked_on": "date", "amount": "numeric", "currency": "text",
    "invoices": "text", "valid_until": "date", "reference": "text", "state": "text", "changed_on": "date",
}  # fmt: skip
UPDATE = """
    UPDATE payment_requests SET state = changed.state, changed_on = changed.changed_on
    FROM unnest(%b::text[], %b::int8[], %b::text[], %b::date[]) AS changed (account, number, state, changed_on)
    WHERE payment_requests.account = changed.account AND payment_requests.number = changed.number
"""
ONE_DAY = timedelta(days=1)


class RequestedPayments:
    """Every request to pay with its state: open, paid, expired or withdrawn."""

    name = "payment-requests"
    version = 1
    tables = ("payment_requests",)
    streams = ("payment-requests",)
    by_stream = True
    definition = """
        CREATE TABLE payment_requests (
            account text COLLATE "C", number bigint, asked_on date NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, invoices text NOT NULL, valid_until date NOT NULL, reference text NOT NULL,
            state text NOT NULL, changed_on date NOT NULL, PRIMARY KEY (account, number)
        );
    """
    indexes = "CREATE INDEX ON payment_requests (account, number) WHERE state = 'open';"
    folds: tuple[type[Event], ...] = (
        PaymentRequested, PaymentRequestPaid, PaymentRequestReopened, PaymentRequestExpired, PaymentRequestWithdrawn
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        asked = [_asked_row(entry.event) for entry in page if isinstance(entry.event, PaymentRequested)]
        changed = {
            (entry.number, fact.number): (STATES[type(fact)], fact.effective_on)  # type: ignore[attr-defined]
            for entry in page
            if type(fact := entry.event) in STATES
        }
        if asked:
            insert_rows(cursor, "payment_requests", COLUMNS, asked)
        if changed:
            cursor.execute(UPDATE, as_columns([(*key, *value) for key, value in changed.items()], 4))


def _asked_row(fact: PaymentRequested) -> list[Any]:
    return [
        fact.account, fact.number, fact.effective_on, fact.amount.amount, fact.amount.currency,
        ", ".join(fact.invoices), fact.valid_until, fact.reference, "open", fact.effective_on,
    ]  # fmt: skip


# --- queries


class PaymentRequestRow(msgspec.Struct):
    """A request to pay as listed."""

    request: str
    account: str
    number: int
    asked_on: date
    amount: Money
    invoices: str
    valid_until: date
    reference: str
    state: str
    changed_on: date


def requests_after(
    cursor: Cursor, account: str, after: tuple[str, int], limit: int, *, open_only: bool, dealer: str = ""
) -> list[PaymentRequestRow]:
    """The requests after one of an account and number, in their order; of an account, or of a dealer's customers."""
    rows = cursor.execute(
        f"""SELECT account, number, asked_on, amount, currency, invoices, valid_until, reference, state, changed_on
            FROM payment_requests WHERE (account, number) > (%(name)s, %(number)s)
            AND (%(account)s = '' OR account = %(account)s) AND (NOT %(open_only)s OR state = 'open')
            AND {accounts_of("account", dealer)} ORDER BY account, number LIMIT %(limit)s""",
        {"account": account, "name": after[0], "number": after[1], "open_only": open_only, "limit": limit,
         "dealer": dealer},
    )  # fmt: skip
    return [
        PaymentRequestRow(request_name(number, each), number, each, asked_on, Money(amount, currency), *rest)
        for number, each, asked_on, amount, currency, *rest in rows
    ]


# --- deadlines


def _asked(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, PaymentRequested)
    yield Deadline("payment-request", entry.event.valid_until + ONE_DAY, str(entry.event.number))


def _ended(entry: LoggedEvent) -> Iterator[Deadline]:
    fact = entry.event
    assert isinstance(fact, PaymentRequestExpired | PaymentRequestWithdrawn)
    yield Deadline("payment-request", None, str(fact.number))


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The requests of the customer's accounts."""
    rows = cursor.execute(
        """SELECT DISTINCT account FROM payment_requests JOIN accounts ON accounts.number = account
           WHERE customer = %s ORDER BY account""",
        (customer,),
    )
    return [f"payment-requests/{row[0]}" for row in rows]


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The seller of each account that was asked."""
    kind = "payment-requests/"
    numbers = [stream.removeprefix(kind) for stream in streams if stream.startswith(kind)]
    rows = cursor.execute("SELECT number, seller FROM accounts WHERE number = ANY(%s)", (numbers,))
    return {f"{kind}{number}": seller for number, seller in rows}


AREA = Area(
    true_by_date=(RequestedPayments(),),
    deadlines={PaymentRequested: _asked, PaymentRequestExpired: _ended, PaymentRequestWithdrawn: _ended},
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
)
