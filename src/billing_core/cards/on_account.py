"""The stored card of an account, and when it is charged.

Decides which open items a card is charged with on a day, and what a charge that ended means for the next one; not what
the gateway says (`billing_core.cards.payments`). An account has one stored card; another one replaces it. The card is
at the gateway: here are its name there, brand, last four digits and last month, and what the customer agreed to.

One charge is under way at a time. Each is a card payment with a running number of the account.

Worked example, an invoice of 20 January, a calendar of 1, 3 and 7 days:

    20 January    charged, fails              next try on 21 January
    21 January    charged, fails              next on 23 January, with what has become due meanwhile
    27 January    charged, fails              no further try: the invoice waits for another card, or a payment
    20 February   another invoice is due      charged, it alone
    a final refusal, as a stolen card         nothing is charged until another card is stored
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from billing_core.cards.reports import CardReport
from billing_core.cards.terms import CardTerms
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_text

EXPIRES = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
LAST_FOUR = re.compile(r"[0-9]{4}")
ChargeWay = Literal["stored", "page"]
ChargeOutcome = Literal["succeeded", "failed", "refused for good"]
ONE_DAY = timedelta(days=1)

# --- events


@event("card-storing-agreed")
class CardStoringAgreed(Event, frozen=True, kw_only=True):
    """Somebody agreed to this wording, and goes to the gateway to store a card."""

    account: str
    agreed: str


@event("card-stored")
class CardStored(Event, frozen=True, kw_only=True):
    """The customer agreed that this card is charged with what is due. `agreed` is the wording that was agreed to."""

    account: str
    customer: PersonNumber
    gateway: str
    gateway_customer: Personal[str] = ""
    payment_method: Personal[str] = ""
    brand: Personal[str] = ""
    last_four: Personal[str] = ""
    expires: str
    agreed: str = ""


@event("card-removed")
class CardRemoved(Event, frozen=True, kw_only=True):
    """The account has no stored card any more."""

    account: str
    reason: str


@event("card-charge-begun")
class CardChargeBegun(Event, frozen=True, kw_only=True):
    """A card payment of the account is under way: with the stored card, or on a page of the gateway."""

    card_payment: str
    way: ChargeWay
    invoices: tuple[str, ...]


@event("card-charge-ended")
class CardChargeEnded(Event, frozen=True, kw_only=True):
    """A card payment is not under way any more. One that failed is tried again on `next_try_on`, if that is a day."""

    card_payment: str
    outcome: ChargeOutcome
    next_try_on: date | None = None


# --- state


class AccountCard(msgspec.Struct):
    """The stored card of an account, what is under way, and the tries that failed since the last success."""

    card: CardStored | None = None
    payments: int = 0
    pending: CardChargeBegun | None = None
    first_failed_on: date | None = None
    next_try_on: date | None = None
    tried: tuple[str, ...] = ()
    is_stopped: bool = False


def apply_account_card(state: AccountCard | None, fact: Event) -> AccountCard | None:
    """Fold one event of the stream."""
    state = AccountCard() if state is None else state
    match fact:
        case CardStored():
            state.card, state.is_stopped = fact, False
            state.first_failed_on, state.next_try_on, state.tried = None, None, ()
        case CardRemoved():
            state.card = None
        case CardChargeBegun():
            state.payments += 1
            state.pending = fact
        case CardChargeEnded():
            _ended(state, fact)
    return state


def _ended(state: AccountCard, fact: CardChargeEnded) -> None:
    begun = state.pending
    if begun is not None and begun.card_payment == fact.card_payment:
        state.pending = None
    if fact.outcome == "succeeded":
        state.first_failed_on, state.next_try_on, state.tried, state.is_stopped = None, None, (), False
    elif begun is not None and begun.way == "stored":
        state.first_failed_on = state.first_failed_on or fact.effective_on
        state.next_try_on = fact.next_try_on
        state.tried = tuple(dict.fromkeys((*state.tried, *begun.invoices)))
        state.is_stopped = fact.outcome == "refused for good"


# --- decisions


def last_day_of(expires: str) -> date:
    """The last day of a card's last month: `2028-02` is valid through 29 February 2028."""
    year, month = map(int, expires.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])


def store_card(state: AccountCard | None, report: CardReport, gateway: str, customer: str, on: date) -> list[Event]:
    """The card replaces the one before; the same card again changes nothing."""
    require_text(report.payment_method, "payment method")
    require_text(report.gateway_customer, "gateway customer")
    if not EXPIRES.fullmatch(report.expires):
        raise InvalidValue("must be a month such as 2029-12", field="expires", value=report.expires)
    if not LAST_FOUR.fullmatch(report.last_four):
        raise InvalidValue("must be the last four digits of the card and nothing more", field="last four", value=None)
    if last_day_of(report.expires) < on:
        raise InvalidValue("has passed; ask the customer for another card", field="expires", value=report.expires)
    known = state.card if state is not None else None
    if known is not None and (known.gateway, known.payment_method) == (gateway, report.payment_method):
        return []
    return [CardStored(
        effective_on=on, account=report.account, customer=customer, gateway=gateway,
        gateway_customer=report.gateway_customer, payment_method=report.payment_method, brand=report.brand,
        last_four=report.last_four, expires=report.expires, agreed=report.agreed,
    )]  # fmt: skip


def agree_to_storing(account: str, agreed: str, on: date) -> list[Event]:
    """The customer agrees that a card is charged with what is due."""
    require_text(agreed, "wording")
    return [CardStoringAgreed(effective_on=on, account=account, agreed=agreed)]


def remove_card(state: AccountCard | None, account: str, reason: str, on: date) -> list[Event]:
    """The card is charged no more. A charge that is under way ends as the gateway says."""
    require_text(reason, "reason")
    if state is None or state.card is None:
        raise NotFound("the account has no stored card", field="account", value=account)
    return [CardRemoved(effective_on=on, account=account, reason=reason)]


def items_to_charge(
    state: AccountCard | None, due: Mapping[str, date], terms: CardTerms, today: date
) -> tuple[str, ...]:
    """The open items, by their due dates, with which the stored card is charged today; none if it is not."""
    if state is None or state.card is None or state.is_stopped or last_day_of(state.card.expires) < today:
        return ()
    if is_busy(state, today):
        return ()
    wait = timedelta(days=terms.days_after_due)
    items = tuple(invoice for invoice, due_on in due.items() if due_on + wait <= today)
    if state.first_failed_on is None:
        return items
    if state.next_try_on is not None:
        return items if state.next_try_on <= today else ()
    return tuple(invoice for invoice in items if invoice not in state.tried)


def is_busy(state: AccountCard, today: date) -> bool:
    """Whether a charge is under way. A page of the gateway is open for a day; a charge, until its end is known."""
    pending = state.pending
    return pending is not None and (pending.way == "stored" or today <= pending.effective_on + ONE_DAY)
