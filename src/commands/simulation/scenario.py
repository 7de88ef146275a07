"""What a scenario holds: tariffs, policies, and accounts with what becomes known of them on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.accounts.events import AccountBillingDayChanged
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.dunning.facts import (
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.promises import PromiseTerms
from billing_core.services.events import SubscriptionEvent
from billing_core.usage.records import UsageRecorded, UsageWithdrawn
from commands.simulated_usage import PriceListsPlayed, RecordUsed


class ChargeToWaive(msgspec.Struct, frozen=True):
    """The rest of the charge of a day is to be waived; `of` names the component to which a surcharge applies."""

    effective_on: date
    subscription: str
    component: str
    of: str
    reason: str


class PaymentToReverse(msgspec.Struct, frozen=True):
    """A payment is to be taken back, or `amount` of it."""

    effective_on: date
    payment: str
    amount: Money | None
    reason: str


class PromiseToOpen(msgspec.Struct, frozen=True):
    """The customer wants to promise what is owed by a day."""

    effective_on: date
    until: date


Stop = ItemDisputed | ItemDisputeEnded | DunningPaused | DunningPauseEnded | InsolvencyNoted | InsolvencyEnded
OfAccount = PaymentReceived | PaymentToReverse | PromiseToOpen | AccountBillingDayChanged | Stop
Fact = SubscriptionEvent | UsageRecorded | UsageWithdrawn | ChargeToWaive | OfAccount


class Entry(NamedTuple):
    """An event on an account and the day on which it becomes known; `place` is its place in the scenario.

    `held_until` is the day on which a hold ends by itself; `unpriced_usage` says how recorded usage without a price is
    treated.
    """

    recorded_on: date
    fact: Fact
    place: str
    held_until: date | None = None
    unpriced_usage: UnpricedUsage | None = None


class ScenarioAccount(NamedTuple):
    """An account with its entries, and the records that a price list prices, each with its place."""

    code: str
    plan: BillingPlan
    entries: Sequence[Entry]
    place: str
    records: Sequence[tuple[RecordUsed, str]] = ()


class DunningPlayed(NamedTuple):
    """How a scenario is dunned: its policies by code, on which terms its customers may promise, and its country."""

    policies: Mapping[str, DunningPolicy] = {}
    promise_terms: PromiseTerms | None = None
    country: str = ""


class Scenario(NamedTuple):
    """Tariffs, accounts, and the days on which everything due up to and including them is billed.

    `places` are the places of the components, by tariff and component.
    """

    currency: str
    catalogue: Catalogue
    accounts: Sequence[ScenarioAccount]
    runs: Sequence[date]
    places: Mapping[tuple[str, str], str]
    price_lists: PriceListsPlayed = PriceListsPlayed()
    dunning: DunningPlayed = DunningPlayed()
