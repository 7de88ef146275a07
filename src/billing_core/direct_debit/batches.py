"""Collection batches: the debits of one seller by one scheme on one day, from drawing up to the last answer.

    drawn up     items that are due, of accounts with a mandate; an item is in one live debit only, by its claim
    frozen       what is paid by now is left out; the content is fixed by its hash, so every file made of it is equal
    sent         the bank or the post has the file
    answered     each debit is accepted, collected, rejected or returned, one by one, in any order
    closed       nothing is awaited any more; returns are still taken, for they come up to 13 months later

    cancelled    a batch that was never sent; its items are free again

The states of a debit, and whether its items may be drawn again:

    drawn, accepted, collected   no; a collected one is a payment, and what is open besides is drawn by another debit
    left-out, cancelled          yes
    rejected, returned           from the day that its reason leaves, or when a person says so
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Literal

import msgspec

from billing_core.direct_debit.batch_events import (
    Debit,
    DebitAccepted,
    DebitBatchCancelled,
    DebitBatchClosed,
    DebitBatchDrawnUp,
    DebitBatchFrozen,
    DebitBatchSent,
    DebitCollected,
    DebitRejected,
    DebitReleased,
    DebitReturned,
    batch_name,
    end_to_end_id,
)
from billing_core.direct_debit.reasons import Consequence
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.parties.details import require_text

# So many debits of a batch are announced, or booked on the collection date, in one transaction.
PART_DEBITS = 200
Stage = Literal["drawn-up", "frozen", "sent", "closed", "cancelled"]
DebitState = Literal["drawn", "left-out", "accepted", "collected", "rejected", "returned"]
AWAITED: tuple[DebitState, ...] = ("drawn", "accepted")

# --- state


class DrawnDebit(msgspec.Struct):
    """A debit and what became of it."""

    debit: Debit
    state: DebitState = "drawn"
    reason: str = ""
    consequence: Consequence | None = None
    again_on: date | None = None

    def is_free_on(self, on: date) -> bool:
        """Whether the items of the debit may be drawn by another one on a day."""
        if self.state in ("left-out", "collected"):
            return True
        return self.state in ("rejected", "returned") and self.again_on is not None and self.again_on <= on


class DebitBatch(msgspec.Struct):
    """A batch with its debits by their end-to-end ids."""

    drawn_up: DebitBatchDrawnUp
    debits: dict[str, DrawnDebit]
    stage: Stage = "drawn-up"
    frozen_on: date | None = None
    content_hash: str = ""
    left_out: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return batch_name(self.drawn_up.seller, self.drawn_up.number)

    @property
    def collected(self) -> list[DrawnDebit]:
        """The debits that stand in its file."""
        return [drawn for drawn in self.debits.values() if drawn.state != "left-out"]

    @property
    def awaited(self) -> int:
        """How many debits have no final answer yet."""
        return sum(drawn.state in AWAITED for drawn in self.debits.values())


def apply_batch(state: DebitBatch | None, fact: Event) -> DebitBatch | None:
    """Fold one event of a batch's stream."""
    if isinstance(fact, DebitBatchDrawnUp):
        name = batch_name(fact.seller, fact.number)
        return DebitBatch(fact, {end_to_end_id(name, debit.number): DrawnDebit(debit) for debit in fact.debits})
    if state is None:
        return None
    match fact:
        case DebitBatchFrozen(left_out=left_out, content_hash=content_hash, effective_on=on):
            state.stage, state.content_hash, state.frozen_on = "frozen", content_hash, on
            state.left_out = frozenset(left_out)
            for end_to_end in left_out:
                state.debits[end_to_end].state = "left-out"
        case DebitBatchSent():
            state.stage = "sent"
        case DebitBatchClosed():
            state.stage = "closed"
        case DebitBatchCancelled():
            state.stage = "cancelled"
            for drawn in state.debits.values():
                drawn.state = "left-out"
        case DebitAccepted(end_to_end=end_to_end):
            state.debits[end_to_end].state = "accepted"
        case DebitCollected(end_to_end=end_to_end):
            state.debits[end_to_end].state = "collected"
        case DebitRejected() | DebitReturned():
            _refused(state.debits[fact.end_to_end], fact)
        case DebitReleased(end_to_end=end_to_end, effective_on=on):
            state.debits[end_to_end].again_on = on
    return state


def _refused(drawn: DrawnDebit, fact: DebitRejected | DebitReturned) -> None:
    drawn.state = "rejected" if isinstance(fact, DebitRejected) else "returned"
    drawn.reason, drawn.consequence, drawn.again_on = fact.reason, fact.consequence, fact.again_on


# --- decisions


def freeze_batch(batch: DebitBatch, open_amounts: dict[str, Money], on: date) -> list[Event]:
    """Fix the content of a batch: a debit whose items are not open as drawn any more is left out.

    `open_amounts` are what is open of the invoices now. A batch that is frozen already stays as it is.
    """
    if batch.stage == "frozen":
        return []
    _require_stage(batch, "drawn-up", "can be frozen")
    left_out = tuple(
        end_to_end
        for end_to_end, drawn in batch.debits.items()
        if any(_is_less(open_amounts.get(item.invoice), item.amount) for item in drawn.debit.items)
    )
    kept = [drawn.debit for end_to_end, drawn in batch.debits.items() if end_to_end not in left_out]
    if not kept:
        raise RuleViolation("has no debit left whose items are open; cancel it", field="batch", value=batch.name)
    content_hash = hash_of(batch.drawn_up, kept)
    return [DebitBatchFrozen(effective_on=on, debits=len(batch.debits), left_out=left_out, content_hash=content_hash)]


def _is_less(left: Money | None, drawn: Money) -> bool:
    return left is None or left < drawn


def hash_of(drawn_up: DebitBatchDrawnUp, debits: Iterable[Debit]) -> str:
    """The SHA-256 of what a file tells: the batch on its first line, then each debit on a line of its own."""
    return sha256("".join(_lines(drawn_up, debits)).encode()).hexdigest()


def _lines(drawn_up: DebitBatchDrawnUp, debits: Iterable[Debit]) -> Iterator[str]:
    yield f"{batch_name(drawn_up.seller, drawn_up.number)} {drawn_up.scheme} {drawn_up.collect_on}\n"
    for debit in debits:
        items = " ".join(f"{item.invoice} {item.amount}" for item in debit.items)
        amended = f" amends {debit.amends}" if debit.amends else ""
        yield f"{debit.number} {debit.mandate} {debit.account} {debit.sequence} {debit.amount} {items}{amended}\n"


def send_batch(batch: DebitBatch, file_hash: str, on: date) -> list[Event]:
    """Note that a frozen batch was sent; one that was sent already stays as it is."""
    if batch.stage in ("sent", "closed"):
        return []
    _require_stage(batch, "frozen", "can be sent")
    sent = DebitBatchSent(
        effective_on=on, collect_on=batch.drawn_up.collect_on, debits=len(batch.debits), file_hash=file_hash
    )
    return [sent]


def close_batch(batch: DebitBatch, on: date) -> list[Event]:
    """Close a batch that was sent, once nothing is awaited; one that is closed stays so."""
    if batch.stage == "closed":
        return []
    _require_stage(batch, "sent", "can be closed")
    if batch.awaited:
        raise RuleViolation(f"awaits the answer to {batch.awaited} of its debits; record those first", field="batch",
                            value=batch.name)  # fmt: skip
    return [DebitBatchClosed(effective_on=on, debits=len(batch.debits))]


def cancel_batch(batch: DebitBatch, reason: str, on: date) -> list[Event]:
    """Cancel a batch that no bank has seen; one that is cancelled stays so."""
    require_text(reason, "reason")
    if batch.stage == "cancelled":
        return []
    if batch.stage not in ("drawn-up", "frozen"):
        raise RuleViolation(f"is {batch.stage}, so the bank may have collected it; record its answers instead",
                            field="batch", value=batch.name)  # fmt: skip
    return [DebitBatchCancelled(effective_on=on, debits=len(batch.debits), reason=reason)]


def release_debit(batch: DebitBatch, end_to_end: str, on: date) -> list[Event]:
    """Let the items of a rejected or returned debit be drawn again from today on."""
    drawn = debit_of(batch, end_to_end)
    if drawn.state not in ("rejected", "returned"):
        raise RuleViolation(f"is {drawn.state}; only a rejected or returned debit is drawn again", field="debit",
                            value=end_to_end)  # fmt: skip
    return [] if drawn.is_free_on(on) else [DebitReleased(effective_on=on, end_to_end=end_to_end)]


def debit_of(batch: DebitBatch, end_to_end: str) -> DrawnDebit:
    """The debit of an end-to-end id."""
    drawn = batch.debits.get(end_to_end)
    if drawn is None:
        raise NotFound(f"batch {batch.name} has no such debit", field="debit", value=end_to_end)
    return drawn


def require_batch(batch: DebitBatch | None, name: str) -> DebitBatch:
    """The batch of a name."""
    if batch is None:
        raise NotFound("no such batch of debits; `billing debit` lists them", field="batch", value=name)
    return batch


def parts_of(debits: int) -> range:
    """The parts in which so many debits are announced, and booked on their day: 401 debits are parts 0, 1 and 2."""
    return range(-(-debits // PART_DEBITS))


def part_of(batch: DebitBatch, part: int) -> list[str]:
    """The ids of the debits of a part, in their order."""
    return list(batch.debits)[part * PART_DEBITS : (part + 1) * PART_DEBITS]


def amount_of(batch: DebitBatch) -> Money:
    """What the debits of its file sum to."""
    currency = batch.drawn_up.debits[0].amount.currency
    return total((drawn.debit.amount for drawn in batch.collected), currency)


def _require_stage(batch: DebitBatch, stage: Stage, what: str) -> None:
    if batch.stage != stage:
        raise RuleViolation(f"is {batch.stage}; only one that is {stage} {what}", field="batch", value=batch.name)
