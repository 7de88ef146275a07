"""Tariffs that name price lists: only those by which their usage can be rated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations, UnitPrice
from billing_core.kernel.errors import BillingError
from billing_core.usage.price_lists.tariff_lists import require_lists
from billing_core.usage.price_lists.versions import ListedAs, ListVersions, PriceListPublished, apply_price_list
from tests.billing_core.usage.lists import price_list, row, terms

CALLS = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=Destinations(price_list="calls"))
DATA = Usage(code="data", name="Data", vat_rate=Decimal(0), pricing=UnitPrice(price=Decimal(1)))


def known(listed_as: ListedAs = ListedAs(), **changed: Any) -> ListVersions:  # noqa: B008
    first = price_list(row("49", "Germany", "1")).valid_from_on
    fact = PriceListPublished(effective_on=first, terms=terms(**changed), valid_from_on=first, content_hash="a", rows=1,
                              destinations=1, listed_as=listed_as)  # fmt: skip
    found = apply_price_list(None, fact)
    assert found is not None
    return found


def test_a_list_for_sale_in_the_currency_and_measure_of_the_component_is_sound():
    require_lists([CALLS, DATA], "EUR", {"calls": known()}.get)


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ({}, "component calls, price list 'calls': no such price list"),
        ({"calls": known(ListedAs(kind="purchase", carrier="Northern"))}, "is what a carrier charges"),
        ({"calls": known(currency="CZK")}, "is in CZK, but the tariff in EUR"),
        ({"calls": known(unit="GB")}, "prices by the GB, but the component counts seconds"),
    ],
)
def test_any_other_list_is_refused(lists: dict[str, ListVersions], reason: str):
    with pytest.raises(BillingError, match=reason):
        require_lists([DATA, CALLS], "EUR", lists.get)
