"""Remittances: money that came in and that nobody recognises yet. It waits, is assigned to an account, or given back.

Decides what becomes of it, not whose it is. A remittance has the same id as the payment that it may become, `source`
and `reference`, and the same claim, so the same money is never recorded both ways. Who sent it is not known, so what
tells of the payer is protected by a key of the remittance itself.

    20 January   24.00 with the text `thank you` come in           waits
    22 January   assigned to account 1001                          a payment of 20 January, which settles its invoices
    or           given back, because the sender is no customer     over; no account has seen it
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.kernel.personal import PersonNumber
from billing_core.parties.details import require_text
from billing_core.payments.events import PAYMENT_CLAIM, MoneyReceived, PaymentReceived, as_reported
from billing_core.payments.receiving import require_reported

# --- events


@event("remittance-received")
class RemittanceReceived(MoneyReceived, frozen=True, kw_only=True):
    """Money came in for nobody who is known. `sender` stands for the person who sent it: `remittance bank:17`."""

    sender: PersonNumber

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The id of the payment that it may become; the same money sent again has the same amount and day."""
        return (Claim(PAYMENT_CLAIM, self.payment, stream, f"{self.amount} on {self.effective_on}"),)


@event("remittance-assigned")
class RemittanceAssigned(Event, frozen=True, kw_only=True):
    """It is a payment of this account, from the day on which it came in."""

    account: str
    amount: Money


@event("remittance-given-back")
class RemittanceGivenBack(Event, frozen=True, kw_only=True):
    """The money went back to its sender."""

    amount: Money
    reason: str


STREAM_KIND = "remittance/"


def remittance_stream(name: str) -> str:
    return f"{STREAM_KIND}{name}"


def sender_of(name: str) -> str:
    """Who sent the money of a remittance, as long as nobody knows who that is."""
    return f"remittance {name}"


def is_of_remittance(claim: Claim) -> bool:
    """Whether the claim of a payment's id is that of a remittance."""
    return claim.stream.startswith(STREAM_KIND)


# --- state


class Remittance(msgspec.Struct):
    """What came in, and what became of it: nothing yet, an account, or a day on which it was given back."""

    received: RemittanceReceived
    assigned_to: str | None = None
    given_back: RemittanceGivenBack | None = None


def apply_remittance(state: Remittance | None, fact: Event) -> Remittance | None:
    """Fold one event of a remittance's stream."""
    match fact:
        case RemittanceReceived():
            return Remittance(fact)
        case RemittanceAssigned(account=account) if state is not None:
            state.assigned_to = account
        case RemittanceGivenBack() if state is not None:
            state.given_back = fact
    return state


# --- decisions


def receive_remittance(fact: RemittanceReceived) -> list[Event]:
    """Record money that nobody recognises."""
    require_reported(fact)
    return [fact]


def assign(remittance: Remittance, account: str) -> list[Event]:
    """The remittance's half of an assignment."""
    received = _waiting(remittance)
    return [RemittanceAssigned(effective_on=received.effective_on, account=account, amount=received.amount)]


def payment_of(received: RemittanceReceived, customer: str) -> PaymentReceived:
    """The account's half: the payment that it is, of the day on which the money came in."""
    return PaymentReceived(**as_reported(received), customer=customer, from_remittance=True)


def give_back(remittance: Remittance, reason: str, on: date) -> list[Event]:
    """Send the money back to where it came from."""
    received = _waiting(remittance)
    require_text(reason, "reason")
    return [RemittanceGivenBack(effective_on=on, amount=received.amount, reason=reason)]


def is_same_money(claim: Claim, known: Claim) -> bool:
    """Whether two records are of the same money: the same amount and day, and the same account if both name one."""
    if claim.content == known.content:
        return True
    short, long = sorted((claim.content, known.content), key=len)
    return long.startswith(f"{short} for account ")


def require_remittance(remittance: Remittance | None, name: str) -> Remittance:
    """The remittance of a name."""
    if remittance is None:
        raise NotFound("no such remittance; `billing remittances` lists them", field="remittance", value=name)
    return remittance


def _waiting(remittance: Remittance) -> RemittanceReceived:
    name = remittance.received.payment
    if remittance.assigned_to is not None:
        raise RuleViolation(
            f"is assigned to account {remittance.assigned_to} already; move the payment from there if that is wrong",
            field="remittance", value=name,
        )  # fmt: skip
    if remittance.given_back is not None:
        back = remittance.given_back
        raise RuleViolation(f"was given back on {back.effective_on}, because: {back.reason}", field="remittance",
                            value=name)  # fmt: skip
    return remittance.received
