"""Requests to pay: an amount or some invoices of an account, by a link that needs no sign-in, until a day.

Decides which states a request has and when it is paid; not by which way the money comes. All requests of an account are
one stream, numbered 1, 2, 3 ... Of the link only a hash of its random token is kept, so nobody can read it from the
books; a lost link is replaced by another one.

Worked example, 60.00 for invoices 17 and 18, valid until 31 March:

    invoice 17 is paid                  open
    invoice 18 is paid, too             paid
    the payment of 18 is reversed       open again until 31 March; after that day expired
    1 April comes and 18 is open        expired

A request without invoices is paid as soon as what came in since then covers the amount.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, zero
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_printable, require_text

RequestState = Literal["open", "paid", "expired", "withdrawn"]
TOKEN_HASH = re.compile(r"[0-9a-f]{64}")
MOST_OPEN, MOST_DAYS = 20, 366

# --- events


@event("payment-requested")
class PaymentRequested(Event, frozen=True, kw_only=True):
    """Somebody is asked to pay. `payments_before` is how many payments the account had then."""

    number: int
    account: str
    customer: PersonNumber
    amount: Money
    invoices: tuple[str, ...] = ()
    valid_until: date
    reference: str
    token_hash: str
    payments_before: int
    note: Personal[str] = ""


@event("payment-link-made")
class PaymentLinkMade(Event, frozen=True, kw_only=True):
    """The request has another link; the one before leads nowhere."""

    number: int
    token_hash: str


@event("payment-request-paid")
class PaymentRequestPaid(Event, frozen=True, kw_only=True):
    """What was asked for came in."""

    number: int


@event("payment-request-reopened")
class PaymentRequestReopened(Event, frozen=True, kw_only=True):
    """What had come in was taken back while the request is still valid."""

    number: int


@event("payment-request-expired")
class PaymentRequestExpired(Event, frozen=True, kw_only=True):
    """Its last day has passed and it is not paid."""

    number: int


@event("payment-request-withdrawn")
class PaymentRequestWithdrawn(Event, frozen=True, kw_only=True):
    """It need not be paid any more."""

    number: int
    reason: str


# --- state


class PaymentRequest(msgspec.Struct):
    """A request with what became of it."""

    asked: PaymentRequested
    token_hash: str
    state: RequestState = "open"


PaymentRequests = dict[int, PaymentRequest]
STATES: dict[type[Event], RequestState] = {
    PaymentRequestPaid: "paid",
    PaymentRequestReopened: "open",
    PaymentRequestExpired: "expired",
    PaymentRequestWithdrawn: "withdrawn",
}


def apply_requests(state: PaymentRequests | None, fact: Event) -> PaymentRequests | None:
    """Fold one event into the requests of an account."""
    state = {} if state is None else state
    match fact:
        case PaymentRequested(number=number, token_hash=token_hash):
            state[number] = PaymentRequest(fact, token_hash)
        case PaymentLinkMade(number=number, token_hash=token_hash):
            state[number].token_hash = token_hash
        case (
            PaymentRequestPaid(number=number)
            | PaymentRequestReopened(number=number)
            | PaymentRequestExpired(number=number)
            | PaymentRequestWithdrawn(number=number)
        ):
            state[number].state = STATES[type(fact)]
    return state


def request_name(account: str, number: int) -> str:
    """The name of a request: `1001-3`."""
    return f"{account}-{number}"


def parts_of_name(name: str) -> tuple[str, int]:
    """The account and the number of a request's name; a name of none is `NotFound`."""
    account, _, number = name.rpartition("-")
    if not account or not number.isascii() or not number.isdigit():
        raise NotFound("no such payment request", field="payment request", value=name)
    return account, int(number)


def require_request(state: PaymentRequests | None, number: int, account: str) -> PaymentRequest:
    """The request of a number."""
    found = (state or {}).get(number)
    if found is None:
        raise NotFound("no such payment request; `billing payment-requests` lists them", field="payment request",
                       value=request_name(account, number))  # fmt: skip
    return found


# --- decisions


def ask_for(known: PaymentRequests, fact: PaymentRequested) -> list[Event]:
    """A further request, with a last day that makes sense."""
    if fact.amount <= zero(fact.amount.currency):
        raise RuleViolation("must be more than zero; nothing is to be paid", field="amount", value=fact.amount)
    if not fact.effective_on <= fact.valid_until or (fact.valid_until - fact.effective_on).days > MOST_DAYS:
        raise InvalidValue(f"must be today or a day within {MOST_DAYS} days", field="valid until",
                           value=fact.valid_until)  # fmt: skip
    if not TOKEN_HASH.fullmatch(fact.token_hash):
        raise InvalidValue("must be the SHA-256 of the link's token", field="token hash", value=None)
    if sum(each.state == "open" for each in known.values()) >= MOST_OPEN:
        raise RuleViolation(f"{MOST_OPEN} requests are open already; withdraw one", field="account",
                            value=fact.account)  # fmt: skip
    require_printable(fact.note, "note")
    return [fact]


def make_link(request: PaymentRequest, token_hash: str, on: date) -> list[Event]:
    """Another link for a request that is open."""
    _require_open(request)
    if not TOKEN_HASH.fullmatch(token_hash):
        raise InvalidValue("must be the SHA-256 of the link's token", field="token hash", value=None)
    return [PaymentLinkMade(effective_on=on, number=request.asked.number, token_hash=token_hash)]


def withdraw(request: PaymentRequest, reason: str, on: date) -> list[Event]:
    """The request need not be paid any more."""
    _require_open(request)
    require_text(reason, "reason")
    return [PaymentRequestWithdrawn(effective_on=on, number=request.asked.number, reason=reason)]


def _require_open(request: PaymentRequest) -> None:
    if request.state != "open":
        raise RuleViolation("is not open any more", field="payment request", value=request.state)


def settle(
    requests: PaymentRequests, open_invoices: Collection[str], received: Sequence[Money], today: date
) -> list[Event]:
    """What became of the requests of an account: `received` is what is left of its payments, in their order."""
    events: list[Event] = []
    for number, request in requests.items():
        if request.state in ("withdrawn", "expired"):
            continue
        is_covered = is_paid(request.asked, open_invoices, received)
        is_over = today > request.asked.valid_until
        if request.state == "open" and is_covered:
            events.append(PaymentRequestPaid(effective_on=today, number=number))
        elif request.state == "paid" and not is_covered and not is_over:
            events.append(PaymentRequestReopened(effective_on=today, number=number))
        elif not is_covered and is_over:
            events.append(PaymentRequestExpired(effective_on=today, number=number))
    return events


def is_paid(asked: PaymentRequested, open_invoices: Collection[str], received: Sequence[Money]) -> bool:
    """Whether none of its invoices is open; without invoices, whether later payments cover the amount.

    30.00 asked after two payments; then 10.00 and 20.00 come in: paid, as 30.00 came in since.
    """
    if asked.invoices:
        return not any(invoice in open_invoices for invoice in asked.invoices)
    later = zero(asked.amount.currency)
    for amount in received[asked.payments_before :]:
        later = later + amount
    return later >= asked.amount
