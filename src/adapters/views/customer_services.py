"""The services of a customer on one page: state, price, and the dates that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import msgspec

from adapters.bootstrap.operations import operations
from adapters.bootstrap.registry import exemptions
from adapters.texts.explained import ExplainedAmount, explained_charge
from adapters.views.account_states import account_states
from adapters.views.accounts import ShowBalance
from adapters.views.dunning.debtor import dates_of_services, dunned_account
from adapters.views.query import Page, Query, Reading
from billing_core.accounts.account import Account
from billing_core.billing.service_prices import price_on
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge
from billing_core.dunning.service_dates import ServiceDates
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money, total
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import Segment
from projections.accounts.balances import accounts_of
from projections.billing import unpaid_since


class ListServicesOfCustomer(Query, frozen=True, kw_only=True):
    """The services on all accounts of a customer, by account: the state today, the price of a period, and how far paid.

    The price is that of a service that runs, in the terms of its price list. The dates are for who may ask for
    balances. A service is overdue from the day after `due_on`, warned from `warned_from`, and suspended for non-payment
    from `cut_on` on, if nothing is paid and it is not exempt.
    """

    customer: str


class ServicePrice(msgspec.Struct):
    """What a service costs every period, and what that is made of."""

    every: str
    amount: Money
    includes_vat: bool
    amounts: list[ExplainedAmount]


class ServiceOfCustomer(msgspec.Struct, kw_only=True):
    """A service as it stands on a day.

    `status` is planned, active, held, suspended, terminated or moved, with its `reason`; it lasts until `until_on` if a
    change is known ahead, and the service ends on `ends_on`. `paid_until` is the last day for whose fees nothing is
    open; `due_on` is when the oldest open invoice of the account is due.
    """

    account: str
    subscription: str
    tariff: str
    name: str
    address: str
    status: str
    reason: str
    since_on: date
    until_on: date | None
    ends_on: date | None
    prices: list[ServicePrice]
    paid_until: date | None = None
    due_on: date | None = None
    warned_from: date | None = None
    cut_on: date | None = None
    exempt: str = ""


def list_services_of_customer(query: ListServicesOfCustomer, reading: Reading) -> Page[ServiceOfCustomer]:
    """All of them; those that ended are last of their account."""
    with reading.source.cursor() as cursor:
        numbers = [row.number for row in accounts_of(cursor, query.customer)]
        unpaid = unpaid_since(cursor, numbers) if numbers else {}
        exempt = exemptions(cursor, numbers, reading.today) if numbers else {}
    catalogue = reading.app.models().tariffs() if numbers else {}
    shows_money = reading.permits(operations()[ShowBalance].permission)
    found: list[ServiceOfCustomer] = []
    for account in account_states(reading, numbers):
        of_account = [_service(account, each, catalogue, reading.today) for each in account.subscriptions.values()]
        if shows_money:
            dates = dates_of_services(dunned_account(account, reading), reading)
            for service in of_account:
                _date(service, account, unpaid, dates.get(service.subscription))
                service.exempt = exempt.get(account.number, "") if service.cut_on else ""
        found += sorted(of_account, key=lambda each: (each.status in ("terminated", "moved"), each.subscription))
    return Page(found, None)


def _service(account: Account, subscription: Subscription, catalogue: Catalogue, on: date) -> ServiceOfCustomer:
    segments = subscription.segments()
    status, reason, since_on, until_on = _status(subscription, segments, on)
    held = [segment for segment in segments if segment.from_on <= on] or segments
    tariff = held[-1].in_force.tariff if held else subscription.timeline[0].tariff
    return ServiceOfCustomer(
        account=account.number, subscription=subscription.code, tariff=tariff,
        name=catalogue[tariff].name if tariff in catalogue else tariff, address=subscription.address,
        status=status, reason=reason, since_on=since_on, until_on=until_on,
        ends_on=segments[-1].to_on if segments else None, prices=_prices(account, subscription, catalogue, on),
    )  # fmt: skip


def _status(
    subscription: Subscription, segments: Sequence[Segment], on: date
) -> tuple[str, str, date, date | None]:  # fmt: skip
    """The status on a day with its reason, the day since which and up to which it lasts."""
    if not segments:
        return subscription.end_status, "", subscription.activated_on, None
    if on < segments[0].from_on:
        return "planned", "", segments[0].from_on, None
    place = next((place for place, each in enumerate(segments) if each.contains(on)), None)
    if place is None:
        return subscription.end_status, "", segments[-1].end, None
    in_force = segments[place].in_force
    first = last = place
    while first > 0 and _is_alike(segments[first - 1], segments[place]):
        first -= 1
    while last + 1 < len(segments) and _is_alike(segments[last + 1], segments[place]):
        last += 1
    return in_force.status, in_force.reason or "", segments[first].from_on, segments[last].to_on


def _is_alike(one: Segment, other: Segment) -> bool:
    return (one.in_force.status, one.in_force.reason) == (other.in_force.status, other.in_force.reason)


def _prices(account: Account, subscription: Subscription, catalogue: Catalogue, on: date) -> list[ServicePrice]:
    try:
        charges = price_on(account, subscription, catalogue, on)
    except BillingError:
        return []  # The price list ends before the day; the billing run parks the account with the reason.
    ordered = sorted(charges, key=_terms)
    return [_price(every, list(members)) for (every, _), members in groupby(ordered, key=_terms)]


def _terms(charge: Charge) -> tuple[str, bool]:
    return charge.every, charge.includes_vat


def _price(every: str, charges: Sequence[Charge]) -> ServicePrice:
    amount = total((charge.amount for charge in charges), charges[0].amount.currency)
    return ServicePrice(every, amount, charges[0].includes_vat, [explained_charge(charge) for charge in charges])


def _date(
    service: ServiceOfCustomer, account: Account, unpaid: Mapping[tuple[str, str], date], dates: ServiceDates | None
) -> None:
    """Give a service the dates of money."""
    service.paid_until = paid_until(account, service.subscription, unpaid)
    if dates is not None:
        service.due_on = dates.due_on
        if service.status in ("active", "held"):
            service.warned_from, service.cut_on = dates.warned_from, dates.cut_on


def paid_until(account: Account, code: str, unpaid: Mapping[tuple[str, str], date]) -> date | None:
    """The last day for whose fees nothing is open; None if not even the first one is paid."""
    subscription = account.subscriptions[code]
    unpaid_from = unpaid.get((account.number, code), subscription.charged_until)
    if unpaid_from is None or unpaid_from <= subscription.activated_on:
        return None
    return unpaid_from - ONE_DAY
