"""Does a tariff name price lists by which its usage can be rated: published, for sale, in its currency and measure.

Worked example, a tariff in EUR whose component `calls` counts seconds by the list `retail`

    `retail` per minute in EUR, a sale list     sound
    no such list, a purchase list, CZK, per GB  refused
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from billing_core.catalogue.components import AnyComponent, Usage
from billing_core.catalogue.pricing import Counted, Destinations
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.usage.price_lists.lists import Measure
from billing_core.usage.price_lists.versions import ListVersions

MEASURE_OF: dict[Counted, Measure] = {"seconds": "seconds", "bytes": "bytes", "items": "millionths"}

KnownList = Callable[[str], ListVersions | None]


def require_lists(components: Iterable[AnyComponent], currency: str, known: KnownList) -> None:
    """Each price list that a component names can price it; else an error that names component and list."""
    for component in components:
        if isinstance(component, Usage) and isinstance(component.pricing, Destinations):
            _require_list(component, component.pricing, currency, known(component.pricing.price_list))


def _require_list(component: Usage, pricing: Destinations, currency: str, known: ListVersions | None) -> None:
    field = f"component {component.code}, price list"
    if known is None:
        raise NotFound("no such price list is published; publish it before the tariff", field=field,
                       value=pricing.price_list)  # fmt: skip
    newest = known.versions[-1]
    if newest.listed_as.kind != "sale":
        raise RuleViolation("is what a carrier charges; name a list for sale", field=field, value=pricing.price_list)
    if newest.terms.currency != currency:
        raise RuleViolation(f"is in {newest.terms.currency}, but the tariff in {currency}", field=field,
                            value=pricing.price_list)  # fmt: skip
    if newest.terms.measure != MEASURE_OF[pricing.counts]:
        raise RuleViolation(f"prices by the {newest.terms.unit}, but the component counts {pricing.counts}",
                            field=field, value=pricing.price_list)  # fmt: skip
