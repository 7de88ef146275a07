"""What the recurring fees of a tariff cost a year: what is always charged, at list prices, without VAT."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import PriceMissing, Revision, revised
from billing_core.catalogue.yearly_fees import yearly_fees
from tests.billing_core.price_lists import at_least, fee, monthly, monthly_from, off, once, tariff, usage

JUNE = date(2026, 6, 11)


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ((monthly("30.00"),), "360"),
        ((monthly("30.00"), fee("90.00", "yearly", unit="year")), "450"),
        ((fee("90.00", interval=3),), "360"),
        ((fee("30.00", unit="day", interval=30),), "365"),
        ((fee("7.00", unit="week"),), "365"),
        ((monthly("30.00"), fee("9.00", "tv", is_option=True)), "360"),
        ((fee("30.00", phases=((3, "0"),)),), "360"),
        ((monthly("30.00"), off("50")), "360"),
        ((monthly("30.00"), once("60.00"), usage("0.50"), at_least("50.00")), "360"),
        ((usage("0.50"),), "0"),
    ],
)
def test_recurring_fees_that_are_always_charged_are_counted(components: tuple[AnyComponent, ...], expected: str):
    assert yearly_fees(tariff("net", *components), JUNE) == Fraction(expected)


def test_vat_is_left_out_of_prices_that_include_it():
    assert yearly_fees(tariff("net", monthly("36.30", vat="21"), with_vat=True), JUNE) == 360
    assert yearly_fees(tariff("net", monthly("36.30", vat="21")), JUNE) == Fraction("435.6")


def test_the_price_list_of_the_day_counts():
    dearer = tariff("net", monthly_from({"2020-01-01": "30.00", "2026-06-11": "40.00"}))
    assert [yearly_fees(dearer, on) for on in (date(2026, 6, 10), JUNE)] == [360, 480]

    net = revised(tariff("net", monthly("30.00")), Revision(valid_from=JUNE, components=(monthly("50.00"),)))
    assert [yearly_fees(net, on) for on in (date(2026, 6, 10), JUNE)] == [360, 600]


def test_prices_of_the_customers_class_count():
    listed = monthly("30.00")
    cheaper = Price(amount=Decimal("20.00"), valid_from=date(2020, 1, 1), customer_class="staff")
    net = tariff("net", msgspec.structs.replace(listed, prices=(*listed.prices, cheaper)))

    assert [yearly_fees(net, JUNE, whose) for whose in ("", "staff")] == [360, 240]


def test_a_price_list_that_ends_on_the_day_counts_with_its_last_prices():
    last = Price(amount=Decimal("30.00"), valid_from=date(2020, 1, 1), valid_to=JUNE)
    ended = tariff("net", msgspec.structs.replace(monthly("30.00"), prices=(last,)))

    assert yearly_fees(ended, JUNE) == 360
    with pytest.raises(PriceMissing):
        yearly_fees(ended, date(2026, 6, 12))
