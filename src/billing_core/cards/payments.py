"""A card payment from its asking to its end, and what follows: refunds and disputes.

Decides what a gateway's report means for our record; not what the account does with it (`commands.cards`). Reports may
come twice and in any order, so each says what is so now, and what is known already changes nothing:

    asked, waiting    succeeded      the money is the account's, once
    asked, waiting    failed         the charge has failed; the calendar says when it is tried again
    failed            succeeded      the money came in after all
    succeeded         failed         nothing: money that came in leaves by a refund or a dispute only
    any               another amount, or another charge under the same key    doubted: a person looks, nothing is booked
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from billing_core.cards.on_account import ChargeWay
from billing_core.cards.reports import ChargeReport, DisputeReport, RefundReport
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, total, zero
from billing_core.kernel.personal import Personal, PersonNumber

PaymentState = Literal["asked", "waiting", "succeeded", "failed", "doubted"]
MOST_TEXT = 500

# --- events


@event("card-payment-asked")
class CardPaymentAsked(Event, frozen=True, kw_only=True):
    """The gateway is to charge so much: a stored card by its name there, or on a page that the customer opens."""

    account: str
    customer: PersonNumber
    gateway: str
    amount: Money
    way: ChargeWay
    invoices: tuple[str, ...] = ()
    gateway_customer: Personal[str] = ""
    payment_method: Personal[str] = ""


@event("card-payment-waits")
class CardPaymentWaits(Event, frozen=True, kw_only=True):
    """The customer has to act: to confirm the charge, or to pay on the page. The `link` leads there."""

    account: str
    customer: PersonNumber
    reference: str
    link: Personal[str] = ""
    way: ChargeWay


@event("card-payment-succeeded")
class CardPaymentSucceeded(Event, frozen=True, kw_only=True):
    """The gateway has charged the card. The money is a payment of source and reference."""

    account: str
    source: str
    reference: str
    amount: Money


@event("card-payment-failed")
class CardPaymentFailed(Event, frozen=True, kw_only=True):
    """The gateway has not charged the card, and why."""

    account: str
    amount: Money
    code: str
    text: str = ""
    way: ChargeWay


@event("card-payment-doubted")
class CardPaymentDoubted(Event, frozen=True, kw_only=True):
    """What the gateway says contradicts our record, so nothing is booked: a person asks the gateway."""

    account: str
    reference: str
    amount: Money
    why: str


@event("card-refund-asked")
class CardRefundAsked(Event, frozen=True, kw_only=True):
    """The gateway is to give so much back. The account has given it up already."""

    account: str
    number: int
    amount: Money
    reason: str


@event("card-refunded")
class CardRefunded(Event, frozen=True, kw_only=True):
    """The gateway has given so much back. Unless we asked, it was made at the gateway."""

    account: str
    number: int
    reference: str
    amount: Money
    is_asked: bool


@event("card-refund-failed")
class CardRefundFailed(Event, frozen=True, kw_only=True):
    """The gateway could not give it back: the money is the account's again. `was_done` if it had said that it was."""

    account: str
    number: int
    reference: str
    amount: Money
    code: str
    was_done: bool = False


@event("card-payment-disputed")
class CardPaymentDisputed(Event, frozen=True, kw_only=True):
    """The payer disputes the charge at the bank. `taken` is what the account lost by it; nothing by an inquiry.

    What was refunded before cannot be taken of the account a second time: then `taken` is less than `amount`.
    """

    account: str
    dispute: str
    amount: Money
    taken: Money
    reason: str
    is_inquiry: bool = False


@event("card-dispute-ended")
class CardDisputeEnded(Event, frozen=True, kw_only=True):
    """The bank has decided. If it was won, `given_back` is the account's again."""

    account: str
    dispute: str
    is_won: bool
    given_back: Money


# --- state


class CardRefund(msgspec.Struct):
    """A refund of a card payment."""

    amount: Money
    state: Literal["asked", "done", "failed"] = "asked"
    reference: str = ""


class CardDispute(msgspec.Struct):
    """A dispute of a card payment."""

    amount: Money
    taken: Money
    state: Literal["inquiry", "open", "won", "lost"]


class CardPayment(msgspec.Struct):
    """A card payment with what is known of it."""

    asked: CardPaymentAsked
    state: PaymentState = "asked"
    reference: str = ""
    refunds: dict[int, CardRefund] = {}
    disputes: dict[str, CardDispute] = {}
    doubted: tuple[str, ...] = ()

    @property
    def refunded(self) -> Money:
        """What was given back, or is about to be."""
        parts = (refund.amount for refund in self.refunds.values() if refund.state != "failed")
        return total(parts, self.asked.amount.currency)

    @property
    def is_under_way(self) -> bool:
        return self.state in ("asked", "waiting")


def apply_card_payment(state: CardPayment | None, fact: Event) -> CardPayment | None:
    """Fold one event of the stream."""
    if isinstance(fact, CardPaymentAsked):
        return CardPayment(fact)
    if state is None:
        return None
    match fact:
        case CardPaymentWaits(reference=reference):
            state.state, state.reference = "waiting", reference
        case CardPaymentSucceeded(reference=reference):
            state.state, state.reference = "succeeded", reference
        case CardPaymentFailed():
            state.state = "failed"
        case CardPaymentDoubted(reference=reference):
            state.doubted = (*state.doubted, reference)
            state.state = state.state if state.state == "succeeded" else "doubted"
        case CardRefundAsked(number=number, amount=amount):
            state.refunds = {**state.refunds, number: CardRefund(amount)}
        case CardRefunded(number=number, amount=amount, reference=reference):
            state.refunds = {**state.refunds, number: CardRefund(amount, "done", reference)}
        case CardRefundFailed(number=number, amount=amount, reference=reference):
            state.refunds = {**state.refunds, number: CardRefund(amount, "failed", reference)}
        case CardPaymentDisputed(dispute=dispute, amount=amount, taken=taken, is_inquiry=is_inquiry):
            state.disputes = {
                **state.disputes,
                dispute: CardDispute(amount, taken, "inquiry" if is_inquiry else "open"),
            }
        case CardDisputeEnded(dispute=dispute, is_won=is_won):
            state.disputes[dispute].state = "won" if is_won else "lost"
    return state


def require_card_payment(state: CardPayment | None, name: str) -> CardPayment:
    """The card payment of a name."""
    if state is None:
        raise NotFound("no such card payment; `billing cards` lists them", field="card payment", value=name)
    return state


# --- decisions: the charge


def note_charge(known: CardPayment, report: ChargeReport, on: date) -> list[Event]:
    """What a report of a charge adds to what is known."""
    asked = known.asked
    if report.reference in known.doubted:
        return []
    if report.state == "succeeded":
        return _succeeded(known, report, on)
    if report.state == "failed" and known.is_under_way:
        return [CardPaymentFailed(effective_on=on, account=asked.account, amount=asked.amount, way=asked.way,
                                  code=report.code or "unknown", text=report.text[:MOST_TEXT])]  # fmt: skip
    if report.state == "waiting" and known.state == "asked":
        return [CardPaymentWaits(effective_on=on, account=asked.account, customer=asked.customer, link=report.link,
                                 reference=report.reference, way=asked.way)]  # fmt: skip
    return []


def _succeeded(known: CardPayment, report: ChargeReport, on: date) -> list[Event]:
    asked = known.asked
    why = ""
    if known.state == "succeeded" and known.reference != report.reference:
        why = f"a second charge; {known.reference} is booked"
    elif report.amount != asked.amount:
        why = f"charged {report.amount}, asked {asked.amount}"
    if why:
        return [CardPaymentDoubted(effective_on=on, account=asked.account, reference=report.reference,
                                   amount=report.amount, why=why)]  # fmt: skip
    if known.state == "succeeded":
        return []
    return [CardPaymentSucceeded(effective_on=on, account=asked.account, source=asked.gateway,
                                 reference=report.reference, amount=report.amount)]  # fmt: skip


# --- decisions: refunds


def ask_refund(known: CardPayment, amount: Money, reason: str, on: date) -> list[Event]:
    """The gateway is to give an amount back, which the account has given up."""
    asked = known.asked
    if known.state != "succeeded":
        raise RuleViolation("has not succeeded, so nothing of it can be refunded", field="card payment",
                            value=known.state)  # fmt: skip
    if any(dispute.state == "open" for dispute in known.disputes.values()):
        raise RuleViolation("is disputed: the bank has the money; wait until the dispute has ended",
                            field="card payment", value=known.reference)  # fmt: skip
    left = asked.amount - known.refunded
    if amount > left:
        raise RuleViolation(f"is more than the {left} that were not refunded yet", field="amount", value=amount)
    number = len(known.refunds) + 1
    return [CardRefundAsked(effective_on=on, account=asked.account, number=number, amount=amount, reason=reason)]


def note_refund(known: CardPayment, report: RefundReport, on: date) -> list[Event]:
    """What a report of a refund adds: done, failed, or made at the gateway without us."""
    account, number = known.asked.account, _number_of(known, report)
    refund = known.refunds.get(number)
    facts: dict[str, Any] = {"effective_on": on, "account": account, "number": number, "reference": report.reference}
    if refund is None:
        is_news = report.state == "done" and known.state == "succeeded"
        return [CardRefunded(**facts, amount=report.amount, is_asked=False)] if is_news else []
    if report.state == "done" and refund.state == "asked":
        return [CardRefunded(**facts, amount=refund.amount, is_asked=True)]
    if report.state == "failed" and refund.state != "failed":
        return [CardRefundFailed(**facts, amount=refund.amount, code=report.code or "unknown",
                                 was_done=refund.state == "done")]  # fmt: skip
    return []


def _number_of(known: CardPayment, report: RefundReport) -> int:
    """Our number of a refund: the one that the gateway kept, or that of a refund made there, or the next."""
    if report.number in known.refunds:
        return report.number
    same = (number for number, refund in known.refunds.items() if refund.reference == report.reference)
    return next(same, len(known.refunds) + 1)


# --- decisions: disputes


def note_dispute(known: CardPayment, report: DisputeReport, left: Money, on: date) -> list[Event]:
    """What a report of a dispute adds; `left` is what is left of the payment on the account.

    A dispute that is heard of only after its end was won without us knowing that it had begun: nothing was taken.
    """
    dispute = known.disputes.get(report.reference)
    nothing, account = zero(report.amount.currency), known.asked.account
    if known.state != "succeeded" or (dispute is not None and dispute.state in ("won", "lost")):
        return []
    events: list[Event] = []
    taken = nothing if dispute is None else dispute.taken
    if dispute is None or (dispute.state == "inquiry" and report.state in ("open", "lost")):
        taken = min(report.amount, left) if report.state in ("open", "lost") else nothing
        events.append(CardPaymentDisputed(
            effective_on=on, account=account, dispute=report.reference, amount=report.amount, taken=taken,
            reason=report.reason or "not named", is_inquiry=report.state == "inquiry",
        ))  # fmt: skip
    if report.state in ("won", "lost"):
        is_won = report.state == "won"
        events.append(CardDisputeEnded(effective_on=on, account=account, dispute=report.reference, is_won=is_won,
                                       given_back=taken if is_won else nothing))  # fmt: skip
    return events
