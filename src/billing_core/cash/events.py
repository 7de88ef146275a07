"""What happens in a session of a cash desk, as facts. Every movement of cash has a receipt of the desk's series."""

from __future__ import annotations

from datetime import date
from typing import Literal

from billing_core.cash.denominations import Count
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero

RECEIPT_CLAIM = "cash-receipt"
CANCELLED_CLAIM = "cash-cancelled"
DEPOSIT_CLAIM = "cash-deposit"
TakingMethod = Literal["cash", "card", "voucher"]
# Who bears the difference of a disputed hand-over: the desk that handed, the one that received, or the house.
Decided = Literal["giver", "receiver", "house"]


@event("cash-session-opened")
class CashSessionOpened(Event, frozen=True, kw_only=True):
    """A cashier counted the float and works from now on; `effective_on` is the business day of the whole session.

    `offered` is what the last count left. `receipts_before` is the running number of the last receipt before it.
    """

    desk: str
    session: str
    cashier: str
    offered: Money
    count: Count
    float: Money
    reason: str = ""
    receipts_before: int = 0


class Movement(Event, frozen=True, kw_only=True):
    """Something with a receipt. `amount` is what the receipt says, `cash` by how much the till changes."""

    session: str
    receipt: str
    running: int
    amount: Money
    cashier: str

    @property
    def cash(self) -> Money:
        return self.amount

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The number of its receipt, so that the session of a receipt is found."""
        return (Claim(RECEIPT_CLAIM, self.receipt, stream, ""),)


@event("cash-taken")
class CashTaken(Movement, frozen=True, kw_only=True):
    """A customer paid at the desk; `given` is what was put down, and `change` went back."""

    account: str
    customer: str
    method: TakingMethod
    given: Money
    change: Money
    invoice: str = ""

    @property
    def cash(self) -> Money:
        return self.amount if self.method == "cash" else zero(self.amount.currency)


@event("cash-paid-out")
class CashPaidOut(Movement, frozen=True, kw_only=True):
    """Cash left the till for a reason; with an account it is credit of the customer."""

    reason: str
    account: str = ""
    customer: str = ""

    @property
    def cash(self) -> Money:
        return -self.amount


@event("receipt-cancelled")
class ReceiptCancelled(Movement, frozen=True, kw_only=True):
    """A receipt was cancelled: what was taken by it went back, or what was paid out came back.

    `of_session` is the session of that receipt; if it is over, this is a pay-out of today's. `asked_by` is the first
    person, if the cashier approved it as the second.
    """

    cancelled: str
    of_session: str
    is_taking: bool
    method: TakingMethod
    reason: str
    account: str = ""
    customer: str = ""
    asked_by: str = ""

    @property
    def cash(self) -> Money:
        if self.method != "cash":
            return zero(self.amount.currency)
        return -self.amount if self.is_taking else self.amount

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its own number, and the cancelled one, which is cancelled once."""
        return (*super().claims(stream), Claim(CANCELLED_CLAIM, self.cancelled, stream, self.receipt))


@event("cash-handed-over")
class CashHandedOver(Movement, frozen=True, kw_only=True):
    """Cash left for another desk and is on its way until somebody there accepts or disputes it.

    With `to_operator` only that operator may.
    """

    to_desk: str
    to_operator: str = ""
    note: str = ""

    @property
    def cash(self) -> Money:
        return -self.amount


@event("cash-accepted")
class CashAccepted(Movement, frozen=True, kw_only=True):
    """Cash that another desk handed over came into the till: as much as was found, which may be less than handed."""

    hand_over: str
    from_desk: str


@event("cash-deposited")
class CashDeposited(Movement, frozen=True, kw_only=True):
    """Cash left for the bank and is on its way until the statement shows it, with this reference."""

    bank_account: str
    reference: str

    @property
    def cash(self) -> Money:
        return -self.amount

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its receipt, and its reference with it, so that the statement's movement finds it."""
        return (*super().claims(stream), Claim(DEPOSIT_CLAIM, deposit_key(self.reference, self.receipt), stream, ""))


@event("cash-returned")
class CashReturned(Movement, frozen=True, kw_only=True):
    """Cash that was on its way is in the till after all: taken back, or found when a dispute was settled.

    A negative amount was missing in the till.
    """

    transit: str
    reason: str


@event("hand-over-accepted")
class HandOverAccepted(Event, frozen=True, kw_only=True):
    """The other side found what was handed over."""

    transit: str
    accepted_by: str


@event("hand-over-disputed")
class HandOverDisputed(Event, frozen=True, kw_only=True):
    """The other side found another amount; it has what it found, and the difference waits for a decision."""

    transit: str
    found: Money
    reason: str
    disputed_by: str


@event("hand-over-settled")
class HandOverSettled(Event, frozen=True, kw_only=True):
    """Who bears the difference of a disputed hand-over."""

    transit: str
    difference: Money
    decided: Decided
    reason: str
    decided_by: str


@event("cash-taken-back")
class CashTakenBack(Event, frozen=True, kw_only=True):
    """Cash on its way did not leave, or came back before anybody accepted it."""

    transit: str
    reason: str


@event("deposit-confirmed")
class DepositConfirmed(Event, frozen=True, kw_only=True):
    """The bank's statement shows a deposit. If the bank counted another amount, `reason` says what is known of it."""

    transit: str
    booked: Money
    difference: Money
    booked_on: date
    statement: str = ""
    reason: str = ""


@event("cash-session-closed")
class CashSessionClosed(Event, frozen=True, kw_only=True):
    """The till was counted. `variance` is what was counted less what should be there."""

    session: str
    cashier: str
    count: Count
    counted: Money
    expected: Money
    variance: Money
    reason: str = ""


def deposit_key(reference: str, receipt: str = "") -> str:
    """By what a deposit is found: its reference without leading zeros, which banks add, and its receipt."""
    return f"{reference.strip().lstrip('0')}/{receipt}"
