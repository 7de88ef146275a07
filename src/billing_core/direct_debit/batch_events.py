"""What happens to collection batches and their debits, and the names by which a bank and the books know them."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.direct_debit.mandates import Sequence
from billing_core.direct_debit.reasons import Consequence
from billing_core.direct_debit.schemes import Scheme
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money

ITEM_CLAIM = "debit-item"
BATCH_CLAIM = "debit-batch"
MANDATE_DEBIT_CLAIM = "mandate-debit"

# --- values and events


class DebitItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Part of an invoice that is collected; `tries` counts the debits of the invoice from 1."""

    invoice: str
    amount: Money
    tries: int


class Debit(msgspec.Struct, frozen=True, kw_only=True):
    """What is collected by one mandate: `number` within its batch, and the items that it pays.

    `amount_before` is that of the debit by this mandate before it. `of_mandate` counts the debits of a mandate in the
    SEPA schemes from 1. It tells the details of the mandate after so many `amendments`, and tells them as amended if
    `amends` names the debit that told the bank what stood there before.
    """

    number: int
    mandate: str
    account: str
    sequence: Sequence
    amount: Money
    items: tuple[DebitItem, ...]
    amount_before: Money | None = None
    of_mandate: int = 0
    amendments: int = 0
    amends: str = ""


@event("debit-batch-drawn-up")
class DebitBatchDrawnUp(Event, frozen=True, kw_only=True):
    """These debits are to be collected on `collect_on`; in a SEPA scheme, by a creditor of this id and name."""

    seller: str
    number: int
    scheme: Scheme
    collect_on: date
    debits: tuple[Debit, ...]
    creditor_id: str = ""
    creditor_name: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number, each try of an item, and the number of each debit by its mandate."""
        name = batch_name(self.seller, self.number)
        numbered = Claim(BATCH_CLAIM, batch_key(self.seller, self.number), stream, "")
        items = (
            Claim(ITEM_CLAIM, item_key(item.invoice, item.tries), stream, end_to_end_id(name, debit.number))
            for debit in self.debits
            for item in debit.items
        )
        by_mandate = (
            Claim(MANDATE_DEBIT_CLAIM, mandate_debit_key(debit.mandate, debit.of_mandate), stream,
                  end_to_end_id(name, debit.number))
            for debit in self.debits if debit.of_mandate
        )  # fmt: skip
        return (numbered, *items, *by_mandate)


@event("debit-batch-frozen")
class DebitBatchFrozen(Event, frozen=True, kw_only=True):
    """The `debits` are fixed; those of these ids are left out, because their items are not open any more."""

    debits: int
    left_out: tuple[str, ...]
    content_hash: str


@event("debit-batch-sent")
class DebitBatchSent(Event, frozen=True, kw_only=True):
    """The bank or the post has the file. `debits` are collected on `collect_on`."""

    collect_on: date
    debits: int
    file_hash: str = ""


@event("debit-batch-closed")
class DebitBatchClosed(Event, frozen=True, kw_only=True):
    """Nothing is awaited any more of its `debits`."""

    debits: int


@event("debit-batch-cancelled")
class DebitBatchCancelled(Event, frozen=True, kw_only=True):
    """The batch of so many `debits` was never sent; its items are free again."""

    debits: int
    reason: str


@event("debit-accepted")
class DebitAccepted(Event, frozen=True, kw_only=True):
    """The bank will collect the debit."""

    end_to_end: str


@event("debit-collected")
class DebitCollected(Event, frozen=True, kw_only=True):
    """The debit is collected, and booked as a payment of the account."""

    end_to_end: str


@event("debit-rejected")
class DebitRejected(Event, frozen=True, kw_only=True):
    """The debit is not collected. Its items may be drawn again from `again_on`, unless a person is to decide."""

    end_to_end: str
    reason: str
    consequence: Consequence
    again_on: date | None = None


@event("debit-returned")
class DebitReturned(Event, frozen=True, kw_only=True):
    """What was collected went back to the payer, or was returned before it was collected."""

    end_to_end: str
    reason: str
    consequence: Consequence
    again_on: date | None = None


@event("debit-released")
class DebitReleased(Event, frozen=True, kw_only=True):
    """A person decided that the items of a debit may be drawn again."""

    end_to_end: str


# --- names and keys


def batch_stream(name: str) -> str:
    return f"debit-batch/{name}"


def batch_name(seller: str, number: int) -> str:
    """Batch 3 of seller S1 is `S1-3`."""
    return f"{seller}-{number}"


def end_to_end_id(batch: str, number: int) -> str:
    """The id by which banks name a debit in their answers: `S1-3-17`."""
    return f"{batch}-{number}"


def batch_of(end_to_end: str) -> str:
    """The name of the batch in the id of a debit."""
    return end_to_end.rpartition("-")[0]


def batch_key(seller: str, number: int) -> str:
    """The key of a batch, in the order of the numbers."""
    return f"{seller}/{number:06d}"


def item_key(invoice: str, tries: int) -> str:
    """The key of a try to collect an invoice."""
    return f"{invoice}/{tries}"


def mandate_debit_key(mandate: str, number: int) -> str:
    """The key of a debit by a mandate, in the order of the numbers; no id of a mandate has a space."""
    return f"{mandate} {number:06d}"


def payment_source(seller: str) -> str:
    """The source of the payments that a seller collected."""
    return f"debit-{seller}"
