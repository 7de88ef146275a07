"""Answers of banks and of the post: what each changes of its debit, and what follows.

    state       accepted     collected    rejected     returned
    drawn       accepted     collected    rejected     returned, never was a payment
    accepted    nothing      collected    rejected     returned
    collected   nothing      nothing      returned     returned: the payment is taken back
    rejected    nothing      an error     nothing      nothing
    returned    nothing      nothing      nothing      nothing

So the same answer twice changes nothing, and answers may come in any order. A yes of the bank is a payment from the
collection date on, if the terms of the seller take a yes for one.

Decides neither how a file writes an answer nor the payment itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from billing_core.direct_debit.batch_events import DebitAccepted, DebitCollected, DebitRejected, DebitReturned
from billing_core.direct_debit.batches import DebitBatch, DrawnDebit, debit_of
from billing_core.direct_debit.mandates import Mandate, end_mandate, suspend_mandate
from billing_core.direct_debit.reasons import Consequence, consequence_of, reason_of
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.details import require_printable

Outcome = Literal["accepted", "collected", "rejected", "returned"]
# What the status codes of ISO 20022 say; others, as PDNG for pending, say nothing yet.
OUTCOMES: Mapping[str, Outcome] = {
    "ACTC": "accepted", "ACCP": "accepted", "ACSP": "accepted", "ACWC": "accepted", "PATC": "accepted",
    "ACSC": "collected", "ACCC": "collected", "RJCT": "rejected", "CANC": "rejected",
}  # fmt: skip


class DebitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank or the post says of a debit: its outcome, the reason against it, the day, and the amount if said."""

    end_to_end: str
    outcome: Outcome
    reason: str = ""
    on: date | None = None
    amount: Decimal | None = None


class Answered(NamedTuple):
    """What an answer changes: the debit's own fact, and whether it is a payment now or takes one back."""

    facts: list[Event]
    is_paid: bool = False
    is_taken_back: bool = False
    is_charged: bool = False


NOTHING = Answered([])


def answer_debit(batch: DebitBatch, answer: DebitAnswer, terms: DebitTerms, today: date) -> Answered:
    """Decide one answer by the table of this module."""
    drawn = debit_of(batch, answer.end_to_end)
    require_printable(answer.reason, "reason")
    if batch.stage not in ("frozen", "sent", "closed") or drawn.state == "left-out":
        raise RuleViolation("was never sent to the bank, so there is no answer to it", field="debit",
                            value=answer.end_to_end)  # fmt: skip
    if answer.amount is not None and answer.amount != drawn.debit.amount.amount:
        raise InvalidValue(f"was drawn with {drawn.debit.amount}; ask the bank which is right",
                           field=f"amount of {answer.end_to_end}", value=answer.amount)  # fmt: skip
    match answer.outcome:
        case "accepted":
            return _accepted(batch, drawn, answer, terms, today)
        case "collected":
            return _collected(drawn, answer, terms, today)
        case "rejected" | "returned":
            return _refused(drawn, answer, terms, today)


def outcome_of(status: str, terms: DebitTerms) -> Outcome | None:
    """What a status code says; None if nothing yet. If only a statement settles, the bank's report is a yes at most."""
    outcome = OUTCOMES.get(status)
    return "accepted" if outcome == "collected" and terms.settles == "statement" else outcome


def collect_debit(batch: DebitBatch, end_to_end: str, terms: DebitTerms, today: date) -> Answered:
    """On the collection date: a debit counts as collected without an answer, with a yes, or not yet, by the terms."""
    drawn = debit_of(batch, end_to_end)
    by_terms = {"collection-date": ("drawn", "accepted"), "answer": ("accepted",), "statement": ()}
    if today < batch.drawn_up.collect_on or drawn.state not in by_terms[terms.settles]:
        return NOTHING
    return Answered([DebitCollected(effective_on=today, end_to_end=end_to_end)], is_paid=True)


def mandate_after(mandate: Mandate, consequence: Consequence, reason: str, on: date) -> list[Event]:
    """What a rejected or returned debit does to its mandate."""
    match consequence:
        case "suspend-mandate":
            return [] if mandate.is_over else suspend_mandate(mandate, reason, on)
        case "end-mandate":
            return end_mandate(mandate, reason, on)
    return []


def paid_on(batch: DebitBatch, answer_on: date | None, today: date) -> date:
    """The day of the payment: that of the answer, else the collection date; never a day that is still to come."""
    return min(answer_on or batch.drawn_up.collect_on, today)


# --- parts


def _accepted(batch: DebitBatch, drawn: DrawnDebit, answer: DebitAnswer, terms: DebitTerms, today: date) -> Answered:
    if drawn.state not in ("drawn", "accepted"):
        return NOTHING
    if terms.settles != "statement" and batch.drawn_up.collect_on <= today:
        return Answered([DebitCollected(effective_on=today, end_to_end=answer.end_to_end)], is_paid=True)
    if drawn.state == "accepted":
        return NOTHING
    return Answered([DebitAccepted(effective_on=today, end_to_end=answer.end_to_end)])


def _collected(drawn: DrawnDebit, answer: DebitAnswer, terms: DebitTerms, today: date) -> Answered:
    if drawn.state == "rejected":
        raise RuleViolation(f"was rejected ({drawn.reason}) and is now said to be collected; ask the bank",
                            field="debit", value=answer.end_to_end)  # fmt: skip
    if drawn.state in ("collected", "returned"):
        return NOTHING
    return Answered([DebitCollected(effective_on=today, end_to_end=answer.end_to_end)], is_paid=True)


def _refused(drawn: DrawnDebit, answer: DebitAnswer, terms: DebitTerms, today: date) -> Answered:
    if drawn.state in ("rejected", "returned"):
        return NOTHING
    reason = reason_of(answer.reason, terms.reasons)
    tries = max(item.tries for item in drawn.debit.items)
    consequence = consequence_of(reason, tries, terms.most_tries)
    is_taken_back = drawn.state == "collected"
    kind = DebitReturned if is_taken_back or answer.outcome == "returned" else DebitRejected
    fact = kind(
        effective_on=today, end_to_end=answer.end_to_end, reason=answer.reason, consequence=consequence,
        again_on=_again_on(consequence, terms, today),
    )  # fmt: skip
    return Answered([fact], is_taken_back=is_taken_back, is_charged=reason.is_charged)


def _again_on(consequence: Consequence, terms: DebitTerms, today: date) -> date | None:
    """From when the items may be drawn again: by another mandate at once, if this one is suspended or over."""
    match consequence:
        case "try-again":
            return today + timedelta(days=terms.days_between_tries)
        case "suspend-mandate" | "end-mandate":
            return today
    return None
