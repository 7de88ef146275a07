"""Bundles: on which days an account has a tariff, for discounts and surcharges that require it.

A tariff is present on the days on which a service of the account is charged on it; what a service has itself does not
count for it, so that "two for the price of one" needs two. All of it is made when a bundle asks for the first time, and
once for all services of the account.

    S1 television [1 Jan, 1 Mar), S2 television [1 Feb, 1 Apr):   for S1 [1 Feb, 1 Apr), for S2 [1 Jan, 1 Mar)
                                                                  for any other service [1 Jan, 1 Apr)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from billing_core.catalogue.components import Discount, Surcharge
from billing_core.catalogue.tariffs import Catalogue, components_ever, tariff_named
from billing_core.kernel.spans import Span, merged, without
from billing_core.services.subscriptions import Subscription


class _TariffDays(NamedTuple):
    """The days of a tariff, and those of them on which only one subscription has it, by its code."""

    days: list[Span]
    of_one: Mapping[str, list[Span]]


class TariffsOfAccount:
    """On which days an account has which tariff, by its subscriptions as they are when it is asked first."""

    def __init__(self, subscriptions: Mapping[str, Subscription]) -> None:
        self._subscriptions = subscriptions
        self._found: dict[str, _TariffDays] | None = None

    def of_others(self, code: str, tariff: str) -> list[Span]:
        """The days on which subscriptions other than one are charged on a tariff, in order."""
        if self._found is None:
            self._found = _tariff_days(self._subscriptions.values())
        found = self._found.get(tariff)
        if found is None:
            return []
        return list(without(found.days, found.of_one.get(code, [])))


NO_OTHERS = TariffsOfAccount({})


def _tariff_days(subscriptions: Iterable[Subscription]) -> dict[str, _TariffDays]:
    on_tariffs: dict[str, list[tuple[Span, str]]] = defaultdict(list)
    for subscription in subscriptions:
        for segment in subscription.segments():
            if segment.in_force.is_charged:
                on_tariffs[segment.in_force.tariff].append((segment, subscription.code))
    return {tariff: _counted(found) for tariff, found in on_tariffs.items()}


def _counted(found: Iterable[tuple[Span, str]]) -> _TariffDays:
    """Walk from one beginning or end to the next, with the subscriptions that have the tariff between them."""
    begins: dict[date, list[str]] = defaultdict(list)
    ends: dict[date, list[str]] = defaultdict(list)
    for span, code in found:
        begins[span.from_on].append(code)
        ends[span.end].append(code)
    days: list[Span] = []
    of_one: dict[str, list[Span]] = defaultdict(list)
    present: set[str] = set()
    since = date.min
    for on in sorted({*begins, *ends}):
        if present:
            days.append(Span(since, on))
        if len(present) == 1:
            (code,) = present
            of_one[code].append(Span(since, on))
        present.difference_update(ends[on])
        present.update(begins[on])
        since = on
    return _TariffDays(merged(days), {code: merged(spans) for code, spans in of_one.items()})


# --- whose price depends on them


def bundle_tariffs(subscription: Subscription, catalogue: Catalogue) -> set[str]:
    """The tariffs that a discount or surcharge of a subscription ever required of the account's other services."""
    granted = (discount for change in subscription.timeline for discount in change.discounts)
    tariffs = (tariff_named(catalogue, code) for code in subscription.tariffs())
    listed = (component for tariff in tariffs for component in components_ever(tariff))
    return {
        tariff
        for component in (*listed, *granted)
        if isinstance(component, Discount | Surcharge)
        for tariff in component.bundle
    }
