"""The days ahead on which something changes for the services of an account, as far as is known.

From such a day on a service that waits for money may cost less than before: its price or tariff changes, an agreed
price or a pause ends, the price list has another price, a discount begins, or a bundle does because of another service.
What it is does not matter here: the money is looked at again on that day (`prepaid`).

    on 1 March, a tariff of 4.00 is planned from the 15th on, and the list has a discount from 1 April on

    next change    15 March, and once that day is decided 1 April
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from billing_core.catalogue.components import AnyComponent, Discount, Surcharge
from billing_core.catalogue.tariffs import Catalogue, components_ever, tariff_named
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import Segment


def next_change_on(subscriptions: Iterable[Subscription], catalogue: Catalogue, from_on: date) -> date | None:
    """The first day, from a date on, on which something changes for a service; None if nothing is known to."""
    days = (day for subscription in subscriptions for day in _days(subscription, catalogue, from_on))
    return min(days, default=None)


def _days(subscription: Subscription, catalogue: Catalogue, from_on: date) -> Iterator[date]:
    for segment in subscription.segments():
        if segment.end < from_on:
            continue
        for day in (segment.from_on, segment.to_on, *_listed(segment, catalogue)):
            if day is not None and from_on <= day <= segment.end:
                yield day


def _listed(segment: Segment, catalogue: Catalogue) -> Iterator[date | None]:
    """The days that the price list of a segment, or a discount granted by then, names as its first or last one."""
    tariff = tariff_named(catalogue, segment.in_force.tariff)
    for revision in tariff.revisions:
        yield revision.valid_from
    components: list[AnyComponent] = [*components_ever(tariff), *segment.in_force.discounts]
    for component in components:
        for price in component.prices:
            yield price.valid_from
            yield price.valid_to
        if isinstance(component, Discount | Surcharge):
            yield component.valid_from
            yield component.valid_to
