"""Drawing up: what of an account is collected by its mandate on a day, and what is left out and why.

    invoice   due        open     state on 10 March         collected on 25 March
    7         1 March    24.00                              24.00
    8         1 March    24.00    disputed                  left out
    9         20 March   24.00                              24.00
    10        20 April   24.00                              not due by then
    11        2 March    24.00    in batch S1-2             left out; a debit is drawn once

One debit of 48.00. Unused credit of the account is not taken off: it settles items by itself as soon as there are any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from billing_core.direct_debit.amendments import Creditor, Told, is_amended, sequence_of
from billing_core.direct_debit.batch_events import Debit, DebitBatchDrawnUp, DebitItem
from billing_core.direct_debit.batches import DrawnDebit
from billing_core.direct_debit.crowns import whole_units
from billing_core.direct_debit.mandates import Mandate
from billing_core.direct_debit.schemes import CURRENCIES, SEPA, WHOLE_UNITS, Scheme
from billing_core.direct_debit.terms import DebitTerms, earliest_on, require_scheme
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.payments.allocation import oldest_first
from billing_core.payments.ledger import OpenItem

MOST_DEBITS = 5_000
NOBODY = Creditor("", "")


class Tried(msgspec.Struct, frozen=True):
    """The last debit of an item: how many there were, and what became of it."""

    tries: int
    last: DrawnDebit


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """An item that is due and not drawn, and why."""

    account: str
    invoice: str
    reason: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An account with its mandate, what is open on it, what stops an item, and the debits so far, by invoice.

    `amount_before` is that of the last debit by the mandate, `told` what the last one told the bank, and `of_mandate`
    how many there were.
    """

    mandate: Mandate
    currency: str
    open_items: Mapping[str, OpenItem]
    stopped: Mapping[str, str]
    tried: Mapping[str, Tried]
    amount_before: Money | None = None
    told: Told | None = None
    of_mandate: int = 0


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be drawn up: of a seller, by a scheme, on a day; the creditor in the SEPA schemes."""

    seller: str
    scheme: Scheme
    collect_on: date
    creditor: Creditor = NOBODY


def require_drawing(drawing: Drawing, terms: DebitTerms, today: date) -> None:
    """The seller can collect by the scheme, and the payers know early enough."""
    require_scheme(terms, drawing.scheme)
    first = earliest_on(terms, today)
    if drawing.collect_on < first:
        raise InvalidValue(f"must not be before {first}, so that payers know {terms.notice_days} days before"
                           if first > today else "must not be in the past",
                           field="collect on", value=drawing.collect_on)  # fmt: skip


def debit_of_account(
    drawing: Drawing, candidate: Candidate, number: int, on: date
) -> tuple[Debit | None, list[LeftOut]]:
    """The debit of an account, or None if nothing is to be drawn; and what is due and left out."""
    signed, left_out = candidate.mandate.signed, []
    if signed.scheme != drawing.scheme or not candidate.mandate.is_drawn:
        return None, []
    wanted: list[str] = []
    for invoice in oldest_first(candidate.open_items):
        if candidate.open_items[invoice].due_on > drawing.collect_on:
            continue
        reason = _left_out(invoice, candidate, drawing.scheme, on)
        if reason:
            left_out.append(LeftOut(signed.account, invoice, reason))
        else:
            wanted.append(invoice)
    items = _items(wanted, candidate, drawing.scheme)
    if not items:
        return None, left_out
    amount = total((item.amount for item in items), candidate.currency)
    mandate, told = candidate.mandate, candidate.told
    drawn = Debit(
        number=number, mandate=signed.mandate, account=signed.account, amount=amount, items=items,
        sequence=sequence_of(mandate, told, drawing.creditor), amount_before=candidate.amount_before,
        of_mandate=candidate.of_mandate + 1 if drawing.scheme in SEPA else 0, amendments=len(mandate.details) - 1,
        amends=told.end_to_end if told is not None and is_amended(mandate, told, drawing.creditor) else "",
    )  # fmt: skip
    return drawn, left_out


def draw_up_batch(drawing: Drawing, number: int, debits: Sequence[Debit], on: date) -> list[Event]:
    """The next batch of a seller; none without debits."""
    if not debits:
        return []
    if len(debits) > MOST_DEBITS:
        raise InvalidValue(f"must be {MOST_DEBITS:,} at most", field="number of debits", value=len(debits))
    return [
        DebitBatchDrawnUp(
            effective_on=on, seller=drawing.seller, number=number, scheme=drawing.scheme,
            collect_on=drawing.collect_on, debits=tuple(debits), creditor_id=drawing.creditor.id,
            creditor_name=drawing.creditor.name,
        )
    ]  # fmt: skip


# --- parts


def _left_out(invoice: str, candidate: Candidate, scheme: Scheme, on: date) -> str:
    """Why an item that is due is not drawn; empty if it is."""
    if candidate.currency != CURRENCIES[scheme]:
        return f"the account is kept in {candidate.currency}"
    if invoice in candidate.stopped:
        return candidate.stopped[invoice]
    tried = candidate.tried.get(invoice)
    if tried is None or tried.last.is_free_on(on):
        return ""
    if tried.last.again_on is not None:
        return f"is tried again from {tried.last.again_on}"
    if tried.last.state in ("rejected", "returned"):
        return f"a person decides: {tried.last.state}, {tried.last.reason}"
    return "is in a batch already"


def _items(wanted: Sequence[str], candidate: Candidate, scheme: Scheme) -> tuple[DebitItem, ...]:
    amounts: Sequence[Money] = [candidate.open_items[invoice].amount for invoice in wanted]
    if scheme in WHOLE_UNITS:
        amounts = whole_units(amounts, candidate.currency)
    tried = candidate.tried
    return tuple(
        DebitItem(invoice, amount, (tried[invoice].tries if invoice in tried else 0) + 1)
        for invoice, amount in zip(wanted, amounts, strict=True)
        if amount.amount
    )
