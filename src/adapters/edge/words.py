"""The words in which people write, if they are not the attribute's own name: once for every door.

An attribute of a core struct, of a command or of a file is written by its name, unless `WORDS` says otherwise. Words
that may be left out although the core requires a value stand in `DEFAULTS`. Groups of fields in `INLINED` are written
among the fields of what has them: `every` and `in` of a fee and not `period: {every: ..., in: ...}`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from billing_core.accounts.plans import BillingPlan
from billing_core.cash.desks import CashDesk
from billing_core.catalogue.components import Component, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Destinations, Graduated, Package, Percentage, Tier, UnitPrice, Volume
from billing_core.catalogue.products import Product
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.contracts.kinds import ContractKind, Template
from billing_core.dealers import Dealer
from billing_core.dunning.collection import CollectionAgency
from billing_core.dunning.interest import InterestTable
from billing_core.kernel.dates import ALWAYS
from billing_core.parties.contacts import Contact
from billing_core.parties.customers import Customer
from billing_core.parties.number_series import USUAL_SERIES, NumberSeries
from billing_core.parties.sellers import Seller
from billing_core.party_changes import CustomerChanges, SellerChanges
from billing_core.reports.schedules import ReportSchedule
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.staff.roles import Role
from billing_core.time.period_rules import PeriodRule
from billing_core.usage.price_lists.lists import PriceListTerms
from billing_core.usage.price_lists.versions import ListedAs
from billing_core.work.crews import Crew
from billing_core.work.recurring import RecurringTask
from billing_core.work.service_levels import ServiceLevel
from commands.accounts import ChangeBillingPlan
from commands.catalogue import PublishTariff
from commands.onboarding import NewSubscriber
from projections.contracts import SoughtContracts
from projections.work.ticket_lists import Sought


class Without(NamedTuple):
    """Marks a field whose struct is written without some of its attributes."""

    attributes: frozenset[str]


WORDS = {
    "agreed_prices": "prices",
    "agreed_until": "until",
    "anchor_on": "anchor",
    "charged_in": "in",
    "declining": "falls",
    "due_rule": "due",
    "from_on": "from",
    "is_back": "back",
    "is_issued": "issued",
    "is_one_time": "one_time",
    "is_paid_by_parent": "paid_by_parent",
    "is_option": "option",
    "is_shared": "shared",
    "is_vat_payer": "vat_payer",
    "is_optional": "optional",
    "to_on": "to",
    "valid_from": "from",
    "valid_from_on": "from",
    "valid_to": "to",
    "vat_rate": "vat",
    "vat_rates": "vat",
}
# Attributes that are called differently from others of the same name.
WORDS_OF: dict[tuple[type, str], str] = {(Price, "amount"): "price"}

# Values of a choice that are written otherwise than they are stored.
VALUES = {"resumption": "resume"}

DEFAULTS: dict[tuple[type, str], Any] = {
    (Component, "vat_rate"): Decimal(0),
    (Customer, "kind"): "person",
    (Price, "valid_from"): ALWAYS,
    (PriceListTerms, "currency"): "",
    (Seller, "series"): USUAL_SERIES,
    (Seller, "time_zone"): "UTC",
    (Tariff, "currency"): "",
}

INLINED = (
    BillingPlan, CashDesk, Contact, ContractKind, Crew, Customer, CustomerChanges, Dealer, ListedAs, NumberSeries,
    PeriodRule, PriceListTerms, Product, RecurringTask, ReportSchedule, Revision, Role, Seller, SellerChanges,
    ServiceLevel, Sought, SoughtContracts, SuspensionReason, Tariff, Template,
    UnitPrice, Graduated, Volume, Package, Percentage, Destinations,
    CollectionAgency, InterestTable,
)  # fmt: skip

# Groups that are not inlined: a subscriber is a customer, an account and a subscription in one.
NESTED = {(NewSubscriber, "customer")}

# Attributes that are not written, of a struct itself or of one of its groups: a usage component costs what its model
# says and not a list price, a plan that is changed keeps its billing day, a tariff is closed by a command, and the
# numbers before a series are counted.
UNWRITTEN: dict[tuple[type, str], frozenset[str]] = {
    (Usage, ""): frozenset({"prices"}),
    (Sought, ""): frozenset({"overdue_at"}),
    (Tariff, ""): frozenset({"closed_from", "list_changes"}),
    (ChangeBillingPlan, "plan"): frozenset({"billing_day"}),
    (NumberSeries, ""): frozenset({"numbers_before"}),
    (PublishTariff, "tariff"): frozenset({"revisions"}),
    (BillingPlan, "invoice_every"): frozenset({"align", "charged_in", "first_stub", "last_stub"}),
}

# Words that are easily mistaken for others, with the error text.
TIER_IS_MEANT = "is not a word of this model; write unit in each of its tiers"
PRICE_IS_MEANT = "is a word of tiers; write price for this model"
MEANT: dict[tuple[type, str], str] = {
    (Price, "amount"): "is not a word of a price; write price",
    (Price, "class"): "is not a word of a price; write customer_class",
    (Tier, "price"): "is not a word of a tier; write unit for the price of a unit",
    (UnitPrice, "unit"): PRICE_IS_MEANT,
    (Package, "unit"): PRICE_IS_MEANT,
    (Graduated, "unit"): TIER_IS_MEANT,
    (Graduated, "price"): TIER_IS_MEANT,
    (Volume, "unit"): TIER_IS_MEANT,
    (Volume, "price"): TIER_IS_MEANT,
}


def word_of(struct: type, attribute: str) -> str:
    """The word by which an attribute of a struct is written."""
    return WORDS_OF.get((struct, attribute), WORDS.get(attribute, attribute))


def meant_in(struct: type) -> dict[str, str]:
    """The error texts for words that are not known in a struct, but easily written there."""
    return {word: message for (owner, word), message in MEANT.items() if owner is struct}
