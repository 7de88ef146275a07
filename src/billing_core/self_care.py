"""Self care: what a customer sees and does on the own pages, without a clerk.

Decides what a customer is permitted at all, which other tariffs are offered, and by which kinds of tickets the house
takes in what customers write. How a customer proves who it is, is not decided here (`commands.self_care.sign_in`).

Nothing else than `PERMITTED` is possible, and each of it only about what is the customer's own:

    customer 104217 asks for invoice 26005219 of its account       shown
    the same of another customer's account                         as if there were none, and kept for the LOG
    customer 104217 grants itself a discount                       not permitted: no command for customers
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event, event

CUSTOMER = "customer/"
ROLE = "customer"
LINK_FOR = timedelta(minutes=15)
# Every query and every command that a customer may give; `commands.self_care.limits` says with which fields.
READS = (
    "self_care.read.show-own-account", "self_care.read.list-own-offers", "self_care.read.preview-tariff",
    "billing.read.print-invoice", "self_care.read.export-own-data", "self_care.read.show-own-details",
    "promises.read.check-promise", "services.read.check-hold", "cards.read.show-stored-card",
)  # fmt: skip
CHANGES = (
    "self_care.change.report-problem", "self_care.change.give-customer-password",
    "services.change.change-tariff", "services.change.hold-subscription", "services.change.plan-yearly-hold",
    "services.change.end-yearly-hold", "promises.change.open-promise", "promises.change.open-instalment-plan",
    "cards.change.ask-card-payment", "cards.change.agree-to-storing-card", "cards.change.remove-card",
    "vouchers.change.redeem-voucher",
    "parties.change.change-customer", "parties.change.give-consent", "parties.change.withdraw-consent",
)  # fmt: skip
PERMITTED = READS + CHANGES

# --- values and events


class SelfCareTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The kinds of tickets that are opened for what comes in by the own pages.

    `problem` is for what customers report, `erasure` for the wish to be forgotten, `application` for strangers who want
    a service. Without a kind the pages do not offer it.
    """

    problem: str = ""
    erasure: str = ""
    application: str = ""


@event("self-care-terms-set")
class SelfCareTermsSet(Event, frozen=True, kw_only=True):
    """From now on what comes in by the own pages becomes tickets of these kinds."""

    terms: SelfCareTerms


@event("customer-password-given")
class CustomerPasswordGiven(Event, frozen=True, kw_only=True):
    """The customer signs in with a password, too. It is in no event, nor is anything that is made of it."""

    customer: str


@event("customer-password-taken")
class CustomerPasswordTaken(Event, frozen=True, kw_only=True):
    """The customer signs in by a link alone; every session of the customer has ended."""

    customer: str


@event("sign-in-link-asked")
class SignInLinkAsked(Event, frozen=True, kw_only=True):
    """A link by which the customer signs in once is sent to the e-mail that is known; the link is in no event."""

    customer: str


@event("own-pages-looked-at")
class OwnPagesLookedAt(Event, frozen=True, kw_only=True):
    """An operator looks at the pages of a customer as the customer sees them, and can change nothing there."""

    customer: str


# --- state


class SelfCare(msgspec.Struct, frozen=True):
    """How a customer signs in."""

    has_password: bool = False


def apply_self_care(state: SelfCare | None, fact: Event) -> SelfCare:
    """How a customer signs in after an event of the customer's stream of self care."""
    match fact:
        case CustomerPasswordGiven():
            return SelfCare(has_password=True)
        case CustomerPasswordTaken():
            return SelfCare(has_password=False)
    return state or SelfCare()


def apply_terms(terms: SelfCareTerms | None, fact: Event) -> SelfCareTerms | None:
    """The terms after an event of their stream."""
    return fact.terms if isinstance(fact, SelfCareTermsSet) else terms


# --- decisions


def actor_of(customer: str) -> str:
    """By which name a customer stands in the LOG: `customer/104217`."""
    return f"{CUSTOMER}{customer}"


def customer_of(actor: str) -> str:
    """The number of the customer who acts; empty for everybody else, since no operator has a slash in the name."""
    return actor.removeprefix(CUSTOMER) if actor.startswith(CUSTOMER) else ""


def set_terms(known: SelfCareTerms | None, fact: SelfCareTermsSet) -> list[Event]:
    """Terms that hold already change nothing."""
    return [] if fact.terms == (known or SelfCareTerms()) else [fact]


def take_password(state: SelfCare, fact: CustomerPasswordTaken) -> list[Event]:
    """A password that there is."""
    if not state.has_password:
        raise RuleViolation("has no password", field="customer", value=fact.customer)
    return [fact]


def offered(present: Tariff, tariffs: Iterable[Tariff], on: date) -> list[Tariff]:
    """The other tariffs that a customer may choose on a day, in order of code.

    They are of the same product and currency, on sale, and ask for no parameter that the present one does not have.

    internet-300, of product internet, in CZK:
        internet-500, of internet, in CZK            offered
        internet-1000, closed from 1 June            offered until 31 May
        internet-500-eur                             another currency
        tv-family, of tv                             another product
    """
    return sorted((each for each in tariffs if _is_offered(each, present, on)), key=lambda tariff: tariff.code)


def _is_offered(tariff: Tariff, present: Tariff, on: date) -> bool:
    return (
        tariff.code != present.code
        and bool(present.product)
        and (tariff.product, tariff.currency) == (present.product, present.currency)
        and (tariff.closed_from is None or on < tariff.closed_from)
        and {each.code for each in tariff.parameters if _is_asked(each)} <= {each.code for each in present.parameters}
    )


def _is_asked(parameter: Parameter) -> bool:
    return parameter.value is None and not parameter.is_optional
