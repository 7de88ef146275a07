"""How the promises of an account ended: kept, broken and by how many days late; and a score of them.

    1   20.00 by 9 March      paid on 7 March                         kept
    2   30.00 by 9 April      paid on 9 April                         kept
    3   30.00 by 9 May        broken on 10 May, paid on 17 May        8 days late
    4   24.00 by 9 June       paid on 1 June                          kept

    score 73: 3 of 4 were kept, 75, less 2 days late on average

Counts what came in since a promise was opened, by the day on which it came in. Decides nothing: whether a promise may
be opened is a matter of its terms, a score is for who decides by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, get_args

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.payments.events import (
    Adjustment,
    CreditTransferredIn,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
)
from billing_core.promises.events import PromiseBroken, PromiseKept, PromiseOpened, PromisePart, PromisePartKept
from billing_core.promises.state import CameIn, credit_that_came_in, less_adjusted, parts_of, without_payment

WHOLE_SCORE = 100
PromiseState = Literal["open", "kept", "broken"]
KINDS: tuple[type[Event], ...] = (
    PromiseOpened, PromisePartKept, PromiseKept, PromiseBroken, PaymentReceived, PaymentMovedIn, PaymentReversed,
    PaymentMovedAway, *get_args(Adjustment),
)  # fmt: skip

# --- values


class PastPromise(msgspec.Struct):
    """A promise and how it ended; `broken_part` counts from 1, and `kept_parts` of its `parts` were kept."""

    opened_on: date
    parts: tuple[PromisePart, ...]
    came_in: dict[str, CameIn] = {}
    state: PromiseState = "open"
    ended_on: date | None = None
    kept_parts: int = 0
    broken_part: int | None = None


class PromiseRecord(msgspec.Struct, frozen=True):
    """A promise as it is shown: `days_late` up to the day on which what was missing came in, or up to today."""

    opened_on: date
    until_on: date
    amount: Money
    state: PromiseState
    ended_on: date | None
    parts: int
    kept_parts: int
    days_late: int


class PromiseHistory(msgspec.Struct, frozen=True):
    """The promises of an account, the oldest first; `score` is 0 to 100, None as long as none has ended."""

    promises: list[PromiseRecord]
    kept: int
    broken: int
    days_late: int
    score: int | None


# --- the fold


def history_of(facts: Iterable[Event], on: date) -> PromiseHistory:
    """The history of an account's promises on a day, from the events of its stream."""
    past = list[PastPromise]()
    for fact in facts:
        _apply(past, fact)
    records = [_record(promise, on) for promise in past]
    kept = sum(record.state == "kept" for record in records)
    broken = sum(record.state == "broken" for record in records)
    days_late = sum(record.days_late for record in records)
    return PromiseHistory(records, kept, broken, days_late, score(kept, broken, days_late))


def score(kept: int, broken: int, days_late: int) -> int | None:
    """The percentage that was kept, less one for each day late on average; whole numbers, rounded down, never below 0.

    3 kept, 1 broken, 8 days late: 75 - 2 = 73. None if no promise has ended.
    """
    ended = kept + broken
    if not ended:
        return None
    return max(0, int(Fraction(WHOLE_SCORE * kept - days_late, ended)))


def _apply(past: list[PastPromise], fact: Event) -> None:
    match fact:
        case PromiseOpened():
            past.append(PastPromise(fact.effective_on, parts_of(fact)))
        case PromisePartKept():
            past[-1].kept_parts = fact.part
        case PromiseKept():
            past[-1].state, past[-1].ended_on, past[-1].kept_parts = "kept", fact.effective_on, len(past[-1].parts)
        case PromiseBroken():
            past[-1].state, past[-1].ended_on, past[-1].broken_part = "broken", fact.effective_on, fact.part
        case PaymentReceived() | PaymentMovedIn() | CreditTransferredIn():
            for promise in past:
                came_in = CameIn(fact.effective_on, fact.amount)
                promise.came_in = {**promise.came_in, credit_that_came_in(fact): came_in}
        case PaymentReversed() | PaymentMovedAway():
            for promise in past:
                promise.came_in = without_payment(promise.came_in, fact.payment)
        case _ if isinstance(fact, Adjustment):
            for promise in past:
                promise.came_in = less_adjusted(promise.came_in, fact)


def _record(promise: PastPromise, on: date) -> PromiseRecord:
    parts = promise.parts
    amount = total((part.amount for part in parts), parts[0].amount.currency)
    return PromiseRecord(
        promise.opened_on, parts[-1].until_on, amount, promise.state, promise.ended_on, len(parts), promise.kept_parts,
        _days_late(promise, on),
    )  # fmt: skip


def _days_late(promise: PastPromise, on: date) -> int:
    """From the last day of the part that was broken to the day on which all that was due by it came in, or to today."""
    if promise.broken_part is None:
        return 0
    due = promise.parts[: promise.broken_part]
    return max(0, ((_paid_on(promise, due) or on) - due[-1].until_on).days)


def _paid_on(promise: PastPromise, due: Sequence[PromisePart]) -> date | None:
    currency = due[0].amount.currency
    wanted, came_in = total((part.amount for part in due), currency), total((), currency)
    for each in sorted(promise.came_in.values(), key=lambda each: each.on):
        came_in = came_in + each.amount
        if wanted <= came_in:
            return each.on
    return None
