"""Which credits are unused, since when, and which part of them is held back?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, get_args

import msgspec

from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import (
    Adjustment,
    CreditAllocated,
    CreditFreed,
    CreditHeldBack,
    CreditReleased,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
    adjusted_credits,
)
from projections.dealers import accounts_of
from projections.platform.projection import Cursor, LoggedEvent, as_columns

Key = tuple[str, str]
NOTHING = Decimal()
SELECT_KNOWN = """
    SELECT account, credit, since, amount, held_back, currency FROM unused_credits
    JOIN unnest(%b::text[], %b::text[]) AS touched (account, credit) USING (account, credit)
"""
UPSERT = """
    INSERT INTO unused_credits (account, credit, since, amount, held_back, currency)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::numeric[], %b::numeric[], %b::text[])
    ON CONFLICT (account, credit) DO UPDATE
    SET since = excluded.since, amount = excluded.amount, held_back = excluded.held_back
"""
DELETE = """
    DELETE FROM unused_credits USING unnest(%b::text[], %b::text[]) AS gone (account, credit)
    WHERE unused_credits.account = gone.account AND unused_credits.credit = gone.credit
"""


class Unused:
    """A credit while a page is folded."""

    __slots__ = ("amount", "currency", "held_back", "since")

    def __init__(self, since: date, amount: Decimal, held_back: Decimal, currency: str) -> None:
        self.since, self.amount, self.held_back, self.currency = since, amount, held_back, currency


class UnusedCredits:
    """Every credit with something unused: a payment, a credit note or a transfer, with what is held back of it.

    Most payments settle invoices as a whole in the page in which they come: these leave no trace here.
    """

    name = "unused-credits"
    version = 1
    tables = ("unused_credits",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE unused_credits (
            account text COLLATE "C" NOT NULL, credit text COLLATE "C" NOT NULL, since date NOT NULL,
            amount numeric NOT NULL, held_back numeric NOT NULL, currency text NOT NULL, PRIMARY KEY (account, credit)
        );
    """
    indexes = "CREATE INDEX ON unused_credits (since);"
    folds: tuple[type[Event], ...] = (
        PaymentReceived, PaymentMovedIn, PaymentMovedAway, PaymentReversed, CreditNoteIssued, CreditAllocated,
        CreditReleased, CreditHeldBack, CreditFreed, *get_args(Adjustment),
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        moves = [(entry, credit, amount) for entry in page for credit, amount in _moves(entry.event)]
        credits = _known(cursor, {(entry.number, credit) for entry, credit, _ in moves})
        known = set(credits)
        for move in moves:
            _fold(credits, *move)
        kept = ((*key, each.since, each.amount, each.held_back, each.currency) for key, each in credits.items()
                if each.amount)  # fmt: skip
        gone = [key for key in known if not credits[key].amount]
        if rows := list(kept):
            cursor.execute(UPSERT, as_columns(rows, 6))
        if gone:
            cursor.execute(DELETE, as_columns(gone, 2))


def _known(cursor: Cursor, touched: Collection[Key]) -> dict[Key, Unused]:
    if not touched:
        return {}
    rows = cursor.execute(SELECT_KNOWN, as_columns(touched, 2)).fetchall()
    return {(account, credit): Unused(*rest) for account, credit, *rest in rows}


def _moves(fact: Event) -> list[tuple[str, Money]]:  # noqa: PLR0911  (one for each kind of fact)
    """What a fact adds to the unused part of each credit."""
    match fact:
        case PaymentReceived(payment=credit, amount=amount) | PaymentMovedIn(payment=credit, amount=amount):
            return [(credit, amount)]
        case PaymentReversed(payment=credit, amount=amount) | PaymentMovedAway(payment=credit, amount=amount):
            return [(credit, -amount)]
        case CreditNoteIssued(number=credit, gross=gross):
            return [(credit, -gross)]
        case CreditAllocated(allocations=parts):
            return [(part.credit, -part.amount) for part in parts]
        case CreditReleased(allocations=parts):
            return [(part.credit, part.amount) for part in parts]
        case CreditHeldBack(credit=credit, amount=amount) | CreditFreed(credit=credit, amount=amount):
            return [(credit, amount - amount)]
    assert isinstance(fact, Adjustment)
    return [(part.credit, part.amount) for part in adjusted_credits(fact)]


def _fold(credits: dict[Key, Unused], entry: LoggedEvent, credit: str, amount: Money) -> None:
    """Move a credit on as the ledger does: what is held back is used last."""
    fact = entry.event
    unused = credits.get((entry.number, credit))
    if unused is None:
        unused = credits[entry.number, credit] = Unused(fact.effective_on, NOTHING, NOTHING, amount.currency)
    elif not unused.amount:
        unused.since, unused.held_back = fact.effective_on, NOTHING
    unused.amount += amount.amount
    unused.held_back = min(unused.held_back, max(unused.amount, NOTHING))
    if isinstance(fact, CreditHeldBack):
        unused.held_back, unused.since = unused.held_back + fact.amount.amount, fact.since
    elif isinstance(fact, CreditFreed):
        unused.held_back -= fact.amount.amount


# --- queries


class OverpaymentRow(msgspec.Struct):
    """The unused credit of an account: since when the oldest of it, and which part is held back."""

    account: str
    customer: str
    seller: str
    since: date
    unused: Money
    held_back: Money


class CreditRow(msgspec.Struct):
    """An unused credit of an account."""

    account: str
    credit: str
    since: date
    unused: Money
    held_back: Money


class Overpaid(NamedTuple):
    """Which overpayments: credit of before a day, of a seller, in a currency, at least so much, of a dealer."""

    before_on: date
    seller: str = ""
    currency: str = ""
    at_least: Decimal = Decimal()
    dealer: str = ""


def overpayments_after(cursor: Cursor, chosen: Overpaid, after: str, limit: int) -> list[OverpaymentRow]:
    """The accounts after one of that number, in order."""
    rows = cursor.execute(
        f"""{_select(chosen)} SELECT account, customer, seller, since, unused, held_back, currency FROM overpaid
            WHERE account > %(after)s ORDER BY account LIMIT %(limit)s""",
        chosen._asdict() | {"after": after, "limit": limit},
    )
    return [
        OverpaymentRow(account, customer, seller, since, Money(unused, currency), Money(held, currency))
        for account, customer, seller, since, unused, held, currency in rows
    ]


def overpayment_totals(cursor: Cursor, chosen: Overpaid) -> dict[str, tuple[int, Money]]:
    """The number of accounts and the sum, per currency."""
    rows = cursor.execute(
        f"""{_select(chosen)} SELECT currency, count(*), sum(unused) FROM overpaid
            GROUP BY currency ORDER BY currency""",
        chosen._asdict(),
    )
    return {currency: (number, Money(unused, currency)) for currency, number, unused in rows}


def _select(chosen: Overpaid) -> str:
    return f"""
        WITH overpaid AS (
            SELECT account, customer, seller, accounts.currency, min(since) AS since, sum(amount) AS unused,
                sum(held_back) AS held_back
            FROM unused_credits JOIN accounts ON accounts.number = account
            WHERE since < %(before_on)s AND (%(seller)s = '' OR seller = %(seller)s)
                AND (%(currency)s = '' OR accounts.currency = %(currency)s) AND {accounts_of("account", chosen.dealer)}
            GROUP BY account, customer, seller, accounts.currency HAVING sum(amount) >= %(at_least)s
        )
    """


def unused_credits_of(cursor: Cursor, account: str) -> list[CreditRow]:
    """The unused credits of an account, the oldest first."""
    rows = cursor.execute(
        """SELECT account, credit, since, amount, held_back, currency FROM unused_credits
           WHERE account = %s ORDER BY since, credit""",
        (account,),
    )
    return [
        CreditRow(name, credit, since, Money(amount, currency), Money(held, currency))
        for name, credit, since, amount, held, currency in rows
    ]


# --- what must hold

INVARIANTS = {
    "no more of a credit is held back than is unused": """
        SELECT account || ' ' || credit FROM unused_credits
        WHERE held_back < 0 OR held_back > greatest(amount, 0)
    """,
    "no account has credit that is not held back and an open invoice": """
        SELECT DISTINCT account FROM unused_credits WHERE amount > held_back
            AND account IN (SELECT account FROM documents WHERE open_amount > 0)
    """,
}
