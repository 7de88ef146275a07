"""A batch of pay-backs as facts."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.payments.events import CreditPart

BATCH_CLAIM = "pay-back-batch"


@event("pay-back-batch-drawn-up")
class PayBackBatchDrawnUp(Event, frozen=True, kw_only=True):
    """A batch of a seller in one currency; what it lists and leaves out follows."""

    seller: str
    number: int
    currency: str

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number, so that two batches never have the same."""
        return (Claim(BATCH_CLAIM, batch_key(self.seller, self.number), stream, ""),)


@event("pay-back-listed")
class PayBackListed(Event, frozen=True, kw_only=True):
    """Credits of an account are to be paid back to a bank account."""

    account: str
    customer: PersonNumber
    parts: tuple[CreditPart, ...]
    amount: Money
    payee: Personal[str]
    iban: Personal[str]


@event("pay-back-left-out")
class PayBackLeftOut(Event, frozen=True, kw_only=True):
    """An account is not paid back by this batch, and why."""

    account: str
    amount: Money
    reason: str


@event("pay-back-taken-off")
class PayBackTakenOff(Event, frozen=True, kw_only=True):
    """A listed account is taken off the batch before it is frozen."""

    account: str
    reason: str


@event("pay-back-batch-frozen")
class PayBackBatchFrozen(Event, frozen=True, kw_only=True):
    """The batch stays as it is: its credits are paid out on the accounts, and its file may be written.

    `pay_on` is the day on which the bank is to carry it out.
    """

    pay_on: date
    amount: Money
    accounts: int


@event("pay-back-batch-sent")
class PayBackBatchSent(Event, frozen=True, kw_only=True):
    """The file was given to the bank."""


@event("pay-back-returned")
class PayBackReturned(Event, frozen=True, kw_only=True):
    """The bank refused or returned the transfer of one account, which has its credit again."""

    account: str
    amount: Money
    reason: str


@event("pay-back-batch-closed")
class PayBackBatchClosed(Event, frozen=True, kw_only=True):
    """The bank carried the batch out, without what it returned."""


@event("pay-back-batch-cancelled")
class PayBackBatchCancelled(Event, frozen=True, kw_only=True):
    """The batch was never sent; the accounts have their credit again."""

    reason: str


def batch_key(seller: str, number: int) -> str:
    """The key of a batch's claim, so that the batches of a seller are in order."""
    return f"{seller}/{number:06}"


def batch_name(seller: str, number: int) -> str:
    """The name of a batch: `north-7`."""
    return f"{seller}-{number}"


def transfer_reference(batch: str, place: int) -> str:
    """The end-to-end reference of a transfer, at most 35 characters: `PB north-7 3`."""
    return f"PB {batch[-24:]} {place}"
