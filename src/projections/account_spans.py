"""What was owed on an account at the beginning of a span of days, what happened in it, and what is owed at its end?

Postings count on their own day, whenever they were recorded: a payment that was booked late stands where it belongs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money, total, zero
from projections.statements import Posting, PostingKind, Statement


class SpanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One posting of the span. `amount` is positive in the customer's favour, `balance` is the balance after it."""

    on: date
    kind: PostingKind
    reference: str
    due_on: date | None
    reason: str
    amount: Money
    balance: Money


class AccountSpan(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of an account for the days from `from_on` to `to_on`, both included."""

    account: str
    customer: str
    seller: str
    from_on: date
    to_on: date
    opening: Money
    charged: Money
    credited: Money
    closing: Money
    rows: Sequence[SpanRow]


def span_of(statement: Statement, from_on: date, to_on: date) -> AccountSpan:
    """The statement of some days.

    Invoice 20.00 on 1 March, payment 15.00 on 10 March, invoice 20.00 on 1 April; from 5 March to 31 March:
    opening -20.00, payment 15.00 with the balance -5.00, closing -5.00.
    """
    if to_on < from_on:
        raise InvalidValue(f"must not lie before the first day, {from_on}", field="to_on", value=to_on)
    account = statement.account
    nothing = zero(account.currency)
    in_order = sorted(statement.postings, key=lambda posting: (posting.on, posting.number))
    opening = total((posting.amount for posting in in_order if posting.on < from_on), account.currency)
    chosen = [posting for posting in in_order if from_on <= posting.on <= to_on]
    balances = list(accumulate((posting.amount for posting in chosen), initial=opening))
    amounts = [posting.amount for posting in chosen]
    return AccountSpan(
        account=account.number,
        customer=account.customer,
        seller=account.seller,
        from_on=from_on,
        to_on=to_on,
        opening=opening,
        charged=total((amount for amount in amounts if amount < nothing), account.currency),
        credited=total((amount for amount in amounts if amount > nothing), account.currency),
        closing=balances[-1],
        rows=[_row(posting, balance) for posting, balance in zip(chosen, balances[1:], strict=True)],
    )


def _row(posting: Posting, balance: Money) -> SpanRow:
    return SpanRow(
        on=posting.on, kind=posting.kind, reference=posting.reference, due_on=posting.due_on, reason=posting.reason,
        amount=posting.amount, balance=balance,
    )  # fmt: skip


def days_asked(from_on: date | None, to_on: date | None, statement: Statement, today: date) -> tuple[date, date]:
    """The days that are named; without them from the day on which the account was opened up to today."""
    first = from_on or min([statement.account.opened_on, *(posting.on for posting in statement.postings)])
    return first, to_on or max(today, first)
