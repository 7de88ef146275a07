"""Which card payments were asked for, how did they end, and what was refunded and disputed of them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from billing_core.cards.payments import (
    CardDisputeEnded,
    CardPaymentAsked,
    CardPaymentDisputed,
    CardPaymentDoubted,
    CardPaymentFailed,
    CardPaymentSucceeded,
    CardPaymentWaits,
    CardRefundAsked,
    CardRefunded,
    CardRefundFailed,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "card_payment": "text", "account": "text", "asked_on": "date", "amount": "numeric", "currency": "text",
    "way": "text", "gateway": "text", "state": "text", "reference": "text", "code": "text", "changed_on": "date",
    "refunded": "numeric", "refund_asked": "numeric", "refund_failed": "numeric", "dispute": "text",
    "disputed": "numeric",
}  # fmt: skip
UPDATE = """
    UPDATE card_payments SET state = coalesce(changed.state, card_payments.state),
        reference = coalesce(changed.reference, card_payments.reference),
        code = coalesce(changed.code, card_payments.code), changed_on = changed.changed_on,
        refunded = card_payments.refunded + changed.refunded,
        refund_asked = card_payments.refund_asked + changed.refund_asked,
        refund_failed = coalesce(changed.refund_failed, card_payments.refund_failed),
        dispute = coalesce(changed.dispute, card_payments.dispute),
        disputed = coalesce(changed.disputed, card_payments.disputed)
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::numeric[], %b::numeric[],
                %b::numeric[], %b::text[], %b::numeric[])
        AS changed (card_payment, state, reference, code, changed_on, refunded, refund_asked, refund_failed, dispute,
                    disputed)
    WHERE card_payments.card_payment = changed.card_payment
"""
SELECT = ", ".join(COLUMNS)
# Those that somebody looks at: not ended, failed or doubted, disputed, or with a refund that is not done.
OPEN_ONES = "(state <> 'succeeded' OR dispute IN ('open', 'inquiry') OR refund_asked > 0 OR refund_failed > 0)"


class _Change(msgspec.Struct):
    """What a page changes of a card payment; None leaves a value as it is."""

    on: date
    state: str | None = None
    reference: str | None = None
    code: str | None = None
    refunded: Decimal = Decimal(0)
    refund_asked: Decimal = Decimal(0)
    refund_failed: Decimal | None = None
    dispute: str | None = None
    disputed: Decimal | None = None


class CardPayments:
    """Every card payment with its state; a refund is asked for, and refunded once the gateway says so."""

    name = "card-payments"
    version = 2
    tables = ("card_payments",)
    streams = ("card-payment",)
    by_stream = True
    definition = """
        CREATE TABLE card_payments (
            card_payment text COLLATE "C" PRIMARY KEY, account text COLLATE "C" NOT NULL, asked_on date NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, way text NOT NULL, gateway text NOT NULL,
            state text NOT NULL, reference text NOT NULL, code text NOT NULL, changed_on date NOT NULL,
            refunded numeric NOT NULL, refund_asked numeric NOT NULL, refund_failed numeric NOT NULL,
            dispute text NOT NULL, disputed numeric NOT NULL
        );
    """
    indexes = """
        CREATE INDEX ON card_payments (asked_on, card_payment);
        CREATE INDEX ON card_payments (account);
    """
    folds: tuple[type[Event], ...] = (
        CardPaymentAsked, CardPaymentWaits, CardPaymentSucceeded, CardPaymentFailed, CardPaymentDoubted,
        CardRefundAsked, CardRefunded, CardRefundFailed, CardPaymentDisputed, CardDisputeEnded,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        asked = [_asked_row(entry.number, entry.event) for entry in page if isinstance(entry.event, CardPaymentAsked)]
        changes: dict[str, _Change] = {}
        for entry in page:
            if not isinstance(entry.event, CardPaymentAsked):
                change = changes.setdefault(entry.number, _Change(entry.event.effective_on))
                _add(change, entry.event)
        if asked:
            insert_rows(cursor, "card_payments", COLUMNS, asked)
        if changes:
            rows = [(name, each.state, each.reference, each.code, each.on, each.refunded, each.refund_asked,
                     each.refund_failed, each.dispute, each.disputed) for name, each in changes.items()]  # fmt: skip
            cursor.execute(UPDATE, as_columns(rows, 10))


def _asked_row(name: str, fact: CardPaymentAsked) -> list[Any]:
    nothing = Decimal(0)
    return [
        name, fact.account, fact.effective_on, fact.amount.amount, fact.amount.currency, fact.way, fact.gateway,
        "asked", "", "", fact.effective_on, nothing, nothing, nothing, "", nothing,
    ]  # fmt: skip


def _add(change: _Change, fact: Event) -> None:
    change.on = fact.effective_on
    match fact:
        case CardPaymentWaits(reference=reference):
            change.state, change.reference = "waiting", reference
        case CardPaymentSucceeded(reference=reference):
            change.state, change.reference, change.code = "succeeded", reference, ""
        case CardPaymentFailed(code=code):
            change.state, change.code = "failed", code
        case CardPaymentDoubted(why=why):
            change.state, change.code = "doubted", why
        case CardRefundAsked(amount=amount):
            change.refund_asked, change.refund_failed = change.refund_asked + amount.amount, Decimal(0)
        case CardRefunded(amount=amount, is_asked=is_asked):
            change.refunded += amount.amount
            change.refund_asked -= amount.amount if is_asked else 0
        case CardRefundFailed(amount=amount, was_done=was_done):
            change.refund_failed = amount.amount
            change.refunded -= amount.amount if was_done else 0
            change.refund_asked -= 0 if was_done else amount.amount
        case CardPaymentDisputed(amount=amount, is_inquiry=is_inquiry):
            change.dispute, change.disputed = "inquiry" if is_inquiry else "open", amount.amount
        case CardDisputeEnded(is_won=is_won):
            change.dispute = "won" if is_won else "lost"


# --- queries


class CardPaymentRow(msgspec.Struct):
    """A card payment as listed: `code` is why it failed or is doubted, `dispute` the state of a dispute, if any.

    `refunded` is what the gateway gave back, `refund_asked` what it was asked to give back and has not answered, and
    `refund_failed` what it could not give back, until somebody asks again.
    """

    card_payment: str
    account: str
    asked_on: date
    amount: Money
    way: str
    gateway: str
    state: str
    reference: str
    code: str
    changed_on: date
    refunded: Money
    refund_asked: Money
    refund_failed: Money
    dispute: str
    disputed: Money


class WantedCardPayments(NamedTuple):
    """Which card payments: of an account, in a state, those that need somebody; of a dealer's customers."""

    account: str = ""
    state: str = ""
    open_only: bool = False
    dealer: str = ""


def card_payments_after(cursor: Cursor, wanted: WantedCardPayments, after: str, limit: int) -> list[CardPaymentRow]:
    """The card payments after one of that name, in order of name."""
    rows = cursor.execute(
        f"""SELECT {SELECT} FROM card_payments
            WHERE card_payment > %(after)s AND (%(account)s = '' OR account = %(account)s)
            AND (%(state)s = '' OR state = %(state)s OR dispute = %(state)s)
            AND (NOT %(open_only)s OR {OPEN_ONES}) AND {accounts_of("account", wanted.dealer)}
            ORDER BY card_payment LIMIT %(limit)s""",
        {**wanted._asdict(), "after": after, "limit": limit},
    )
    return [_row(row) for row in rows]


def _row(row: tuple[Any, ...]) -> CardPaymentRow:
    name, account, asked_on, amount, currency, way, gateway, state, reference, code, changed_on, *rest = row
    refunded, refund_asked, refund_failed, dispute, disputed = rest
    return CardPaymentRow(
        name, account, asked_on, Money(amount, currency), way, gateway, state, reference, code, changed_on,
        Money(refunded, currency), Money(refund_asked, currency), Money(refund_failed, currency), dispute,
        Money(disputed, currency),
    )  # fmt: skip


def under_way(cursor: Cursor, asked_before: date) -> list[tuple[str, str]]:
    """Account and name of the card payments that were asked before a day and whose end is not known."""
    rows: Any = cursor.execute(
        """SELECT account, card_payment FROM card_payments WHERE state IN ('asked', 'waiting') AND asked_on < %s
           ORDER BY card_payment""",
        (asked_before,),
    )
    return list(rows)


# --- what must hold

INVARIANTS = {
    "a card payment that succeeded is a payment of the same amount": """
        SELECT card_payment FROM card_payments WHERE state = 'succeeded' AND NOT EXISTS (
            SELECT FROM payments WHERE payment = gateway || ':' || reference AND payments.amount = card_payments.amount)
    """,
    "no more of a card payment is refunded than was paid": """
        SELECT card_payment FROM card_payments
        WHERE refunded + refund_asked > amount OR refunded < 0 OR refund_asked < 0
    """,
}
