"""Scenarios: a YAML file of price lists, accounts with what happens on them, and billing runs, for `billing simulate`.

    currency: EUR
    tariffs:
      - code: net
        components:
          - {code: monthly, kind: recurring, price: "19.90", every: 1 month}
    accounts:
      - code: A1
        billing_day: 31                               # 1 to 31, or last
        billing_days: [{on: 2026-05-01, day: 15}]     # from that day on it is another one; also recorded
        plan: postpaid                                # or prepaid
        due_days: 14
        invoice_per: service                          # one invoice for each account, service or address
        invoice_every: 3 months                       # else as soon as something is charged
        minimum_invoice: "5.00"                       # with VAT; a smaller sum is carried over
        subscriptions: [...]                          # `adapters.files.scenario_timeline`
        payments: [...]                               # `adapters.files.scenario_dunning`
      - code: A2
        plan: prepaid
        credit_limit: "5.00"                          # how far the balance may fall below zero
        covers: days                                  # whole periods or nothing (whole), or as many days as money buys
        resume_on: new-grid                           # after a suspension for money: old-grid, or a new one from then
        suspend_below: "0"                            # in place of the credit limit
        resume_at: "10.00"                            # the balance that brings a suspended service back
        postpaid_tariffs: [phone]                     # services on them are billed afterwards
        postpaid_settled: when-due                    # or when-issued, when-named
    dunning_policies: [...]                           # with promise_terms and country: `scenario_dunning`
    price_lists: [...]                                # of destinations, and ported: `adapters.files.scenario_records`
    runs: [2026-01-31, 2026-02-28]                    # each bills everything due up to and including that day

The words of tariffs are those of `adapters.files.tariffs`. All that is written is taken as written, and anything that
is not known is an error that names file, line and path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec

from adapters.edge.faults import FaultAt, Part
from adapters.edge.shorthand import DayOfMonth
from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.scenario_dunning import DunnedSchema, facts_of_money, require_policies
from adapters.files.scenario_records import (
    PriceLists,
    PriceListSchema,
    ported_of,
    price_lists_of,
    versions_of,
)
from adapters.files.scenario_timeline import (
    ChangeTariffSchema,
    CorrectTermsSchema,
    EntrySchema,
    HoldSchema,
    PriceEndSchema,
    SubscriptionSchema,
    Tariffs,
)
from adapters.files.tariffs import TariffSchema, tariff_in
from adapters.files.yaml_documents import Document, FilePart, read_document
from billing_core.accounts.events import AccountBillingDayChanged
from billing_core.accounts.plans import BillingPlan
from billing_core.catalogue.components import AnyComponent, Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.tariffs import Tariff
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.repetitions import first_repeated
from billing_core.parties.details import require_currency
from billing_core.promises import PromiseTerms
from billing_core.usage.price_lists.tariff_lists import require_lists
from commands.simulated_usage import PriceListsPlayed, RecordUsed
from commands.simulation import DunningPlayed, Entry, Fact, Scenario, ScenarioAccount

Location = tuple[Part, ...]
Place = Callable[[Location], str]
# Unless a policy says so, nothing is tolerated.
POSTPAID = BillingPlan(billing_day=1, due_days=14, tolerance_days=0)

# --- what is written


class BillingDaySchema(EntrySchema, frozen=True, kw_only=True):
    """Another billing day from a day on."""

    day: DayOfMonth


class AccountSchema(DunnedSchema, frozen=True, kw_only=True):
    """An account with its plan, whose words are those of `adapters.edge.words`, and what happens on it."""

    code: str
    plan: BillingPlan = POSTPAID
    billing_days: tuple[BillingDaySchema, ...] = ()
    subscriptions: tuple[SubscriptionSchema, ...] = ()


class ScenarioFile(FilePart, frozen=True, kw_only=True):
    currency: Annotated[str, Kept(require_currency)]
    tariffs: Annotated[tuple[TariffSchema, ...], AT_LEAST_ONE]
    accounts: Annotated[tuple[AccountSchema, ...], AT_LEAST_ONE]
    runs: Annotated[tuple[date, ...], AT_LEAST_ONE]
    price_lists: tuple[PriceListSchema, ...] = ()
    ported: Mapping[str, str] = {}
    dunning_policies: tuple[DunningPolicy, ...] = ()
    promise_terms: PromiseTerms | None = None
    country: str = ""


# --- reading


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    return scenario_in(read_document(path))


def scenario_in(document: Document) -> Scenario:
    """The scenario that a document holds."""
    written = document.read_as(ScenarioFile)
    try:
        return _scenario(written, document.placed)
    except FaultAt as fault:
        raise InvalidValue(str(fault), field=document.placed(fault.location)) from None


def _played(tariff: Tariff) -> Tariff:
    """A tariff without parameters: they cost nothing, so a scenario has none."""
    return msgspec.structs.replace(tariff, parameters=())


def _scenario(written: ScenarioFile, place: Place) -> Scenario:
    _require_distinct("tariff", [tariff.code for tariff in written.tariffs], ("tariffs",))
    _require_distinct("account", [account.code for account in written.accounts], ("accounts",))
    for number, tariff in enumerate(written.tariffs):
        if tariff.currency not in ("", written.currency):
            raise FaultAt(("tariffs", number, "currency"), f"'{tariff.currency}' is not that of the scenario")
    tariffs = {tariff.code: tariff for tariff in written.tariffs}
    price_lists = price_lists_of(written.price_lists, written.currency)
    _require_known_lists(written, price_lists)
    policies = require_policies(written.dunning_policies, written.currency)
    for number, account in enumerate(written.accounts):
        if account.plan.dunning not in ("", *policies):
            known = ", ".join(policies) or "none"
            raise FaultAt(("accounts", number, "dunning"), f"{account.plan.dunning!r} is not a policy of the "
                          f"scenario: {known}")  # fmt: skip
    return Scenario(
        currency=written.currency,
        catalogue={code: _played(tariff_in(tariff, written.currency)) for code, tariff in tariffs.items()},
        accounts=[
            ScenarioAccount(
                code=account.code,
                plan=account.plan,
                entries=list(_entries(account, ("accounts", number), written.currency, tariffs, place)),
                place=place(("accounts", number)),
                records=list(_records(account, ("accounts", number), tariffs, price_lists, place)),
            )
            for number, account in enumerate(written.accounts)
        ],
        runs=written.runs,
        places={key: place(location) for key, location in _component_locations(written.tariffs)},
        price_lists=PriceListsPlayed(price_lists, ported_of(written.ported)),
        dunning=DunningPlayed(policies, written.promise_terms, written.country),
    )


def _require_known_lists(written: ScenarioFile, price_lists: PriceLists) -> None:
    """The price lists that tariffs name are those of the scenario, and can price what they are named for."""
    for number, tariff in enumerate(written.tariffs):
        for inside, components in _component_lists(tariff):
            for index, component in enumerate(components):
                try:
                    require_lists([component], written.currency, partial(versions_of, price_lists))
                except BillingError as error:
                    location = ("tariffs", number, *inside, "components", index, "price_list")
                    raise FaultAt(location, f"{error.value!r} {error.message}") from None


def _records(
    account: AccountSchema, location: Location, tariffs: Tariffs, price_lists: PriceLists, place: Place
) -> Iterator[tuple[RecordUsed, str]]:
    """The records of an account, each with its place."""
    for number, subscription in enumerate(account.subscriptions):
        for record_number, record in enumerate(subscription.records):
            here = (*location, "subscriptions", number, "records", record_number)
            zone = _zone(record.component, subscription, tariffs, price_lists, here)
            try:
                fact = record.fact(subscription.code, zone, subscription.activation.learnt_on())
            except FaultAt as fault:
                raise FaultAt((*here, *fault.location), str(fault)) from None
            yield fact, place(here)


def _zone(
    code: str, subscription: SubscriptionSchema, tariffs: Tariffs, price_lists: PriceLists, location: Location
) -> str:
    """The time zone of the first price list that prices a component of a subscription."""
    lists = [components for tariff in subscription.tariffs for _, components in _component_lists(tariffs[tariff])]
    known = {
        component.code: component.pricing.price_list
        for components in lists
        for component in components
        if isinstance(component, Usage) and isinstance(component.pricing, Destinations)
    }
    if code not in known:
        raise FaultAt(
            (*location, "component"),
            f"{code!r} is not a component of the subscription's tariffs that a price list prices: "
            f"{', '.join(known) or 'none'}",
        )
    return price_lists[known[code]][0].terms.zone


def _require_distinct(what: str, codes: Sequence[str], location: Location) -> None:
    if twice := first_repeated(codes):
        number, code = twice
        raise FaultAt((*location, number, "code"), f"{what} {code!r} stands twice")


def _component_locations(tariffs: Sequence[Tariff]) -> Iterator[tuple[tuple[str, str], Location]]:
    """Where each component stands, by tariff and code; the last revision that has it counts."""
    for number, tariff in enumerate(tariffs):
        for inside, components in _component_lists(tariff):
            for index, component in enumerate(components):
                yield (tariff.code, component.code), ("tariffs", number, *inside, "components", index)


def _component_lists(tariff: Tariff) -> Iterator[tuple[Location, Sequence[AnyComponent]]]:
    yield (), tariff.components
    for index, revision in enumerate(tariff.revisions):
        yield ("revisions", index), revision.components


def _entries(
    account: AccountSchema, location: Location, currency: str, tariffs: Tariffs, place: Place
) -> Iterator[Entry]:
    """All that happens on an account, each with its place."""
    codes = [subscription.code for subscription in account.subscriptions]
    _require_distinct("subscription", codes, (*location, "subscriptions"))
    for number, changed in enumerate(account.billing_days):
        yield Entry(changed.learnt_on(), _billing_day(changed), place((*location, "billing_days", number)))
    for number, subscription in enumerate(account.subscriptions):
        here = (*location, "subscriptions", number)
        known_from = subscription.activation.learnt_on()
        for inside, entry, fact in _subscription_facts(subscription, here, tariffs):
            held_until = entry.until if isinstance(entry, HoldSchema) else None
            unpriced_usage = entry.unpriced_usage if isinstance(entry, PriceEndSchema) else None
            yield Entry(entry.learnt_on(known_from), fact, place(inside), held_until, unpriced_usage)
        for used_number, used in enumerate(subscription.usage):
            if used.withdrawn is not None:
                yield Entry(used.withdrawn, used.withdrawal(subscription), place((*here, "usage", used_number)))
    for recorded_on, fact, here in facts_of_money(account, account.code, currency, location):
        yield Entry(recorded_on, fact, place(here))


def _subscription_facts(
    subscription: SubscriptionSchema, location: Location, tariffs: Tariffs
) -> Iterator[tuple[Location, EntrySchema, Fact]]:
    _require_tariff(subscription.tariff, tariffs, location)
    for number, change in enumerate(subscription.timeline):
        if isinstance(change, ChangeTariffSchema | CorrectTermsSchema) and change.tariff:
            _require_tariff(change.tariff, tariffs, (*location, "timeline", number))
    for number, change in enumerate(subscription.timeline):
        here = (*location, "timeline", number)
        try:
            yield here, change, change.fact(subscription, tariffs)
        except FaultAt as fault:
            raise FaultAt((*here, *fault.location), str(fault)) from None
    for number, used in enumerate(subscription.usage):
        here = (*location, "usage", number)
        _require_usage_component(used.component, subscription, tariffs, here)
        yield here, used, used.fact(subscription)


def _billing_day(changed: BillingDaySchema) -> AccountBillingDayChanged:
    return AccountBillingDayChanged(effective_on=changed.on, billing_day=changed.day)


def _require_tariff(code: str, tariffs: Tariffs, location: Location) -> None:
    if code not in tariffs:
        known = ", ".join(tariffs)
        raise FaultAt((*location, "tariff"), f"{code!r} is not among the tariffs of the scenario: {known}")


def _require_usage_component(code: str, subscription: SubscriptionSchema, tariffs: Tariffs, location: Location) -> None:
    lists = [components for tariff in subscription.tariffs for _, components in _component_lists(tariffs[tariff])]
    known = dict.fromkeys(entry.code for components in lists for entry in components if entry.kind == "usage")
    if code not in known:
        known_codes = ", ".join(known) or "none"
        raise FaultAt(
            (*location, "component"), f"{code!r} is not a usage component of the subscription's tariffs: {known_codes}"
        )
