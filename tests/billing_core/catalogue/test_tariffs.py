"""Price lists: sound when published, never changed afterwards, and a date without a price is never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff, TariffPublished, apply_tariff, price_on, publish_tariff, tariff_named
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from tests.billing_core.price_lists import monthly, monthly_from, once, tariff

ON = date(2026, 1, 1)
NET = tariff("net", monthly("19.90", vat="21"), once("60.00", vat="21"))


def priced(*prices: Price) -> Tariff:
    return tariff("net", msgspec.structs.replace(monthly("0"), prices=prices))


def price(amount: str, start: str, end: str | None = None) -> Price:
    return Price(
        amount=Decimal(amount),
        valid_from=date.fromisoformat(start),
        valid_to=None if end is None else date.fromisoformat(end),
    )


def test_a_tariff_is_published_once_and_publishing_it_again_changes_nothing():
    events = publish_tariff(None, NET, ON)

    assert events == [TariffPublished(effective_on=ON, tariff=NET)]
    assert apply_tariff(None, events[0]) == NET
    assert publish_tariff(NET, NET, ON) == []


def test_a_published_tariff_never_changes():
    dearer = tariff("net", monthly("29.90", vat="21"), once("60.00", vat="21"))

    with pytest.raises(AlreadyExists, match="publish the new list under a new code") as caught:
        publish_tariff(NET, dearer, ON)

    assert (caught.value.field, caught.value.value) == ("tariff", "net")


def test_a_price_holds_from_its_first_day_up_to_its_end():
    component = monthly_from({"2026-01-01": "10.00", "2026-06-11": "12.00"})

    held = {day: price_on(NET, component, date.fromisoformat(day)).amount for day in ("2026-06-10", "2026-06-11")}

    assert held == {"2026-06-10": Decimal("10.00"), "2026-06-11": Decimal("12.00")}


def test_prices_may_be_written_in_any_order_and_leave_days_without_a_price():
    found = priced(price("12.00", "2026-06-11"), price("10.00", "2026-01-01", "2026-06-01"))

    assert publish_tariff(None, found, ON) != []
    assert price_on(found, found.components[0], date(2026, 7, 1)).amount == Decimal("12.00")


@pytest.mark.parametrize("day", ["2025-12-31", "2026-06-01", "2026-06-10"])
def test_a_date_without_a_price_is_refused(day: str):
    found = priced(price("10.00", "2026-01-01", "2026-06-01"), price("12.00", "2026-06-11"))

    with pytest.raises(RuleViolation, match="tariff net has no price for component monthly") as caught:
        price_on(found, found.components[0], date.fromisoformat(day))

    assert (caught.value.field, caught.value.value) == ("date", day)


def test_a_tariff_is_found_by_its_code():
    assert tariff_named({"net": NET}, "net") is NET
    with pytest.raises(NotFound, match="no such tariff is published") as caught:
        tariff_named({"net": NET}, "tv")
    assert (caught.value.field, caught.value.value) == ("tariff", "tv")


def changed(**changes: Any) -> AnyComponent:
    return msgspec.structs.replace(monthly("19.90"), **changes)


@pytest.mark.parametrize(
    ("bad", "field", "value", "message"),
    [
        (tariff(" ", monthly("1.00")), "tariff code", " ", "must not be empty"),
        (tariff("net", monthly("1.00"), currency="EUX"), "currency", "EUX", "unknown currency"),
        (tariff("net"), "tariff", "net", "needs at least one component"),
        (tariff("net", monthly("1.00"), once("2.00", code="monthly")), "component", "monthly", "stands twice"),
        (tariff("net", changed(code="")), "tariff net, component , code", "", "must not be empty"),
        (tariff("net", changed(code="tv/hd")), "tariff net, component tv/hd, code", "tv/hd", "neither slash nor colon"),
        (tariff("net", monthly("1", vat="-1")), "tariff net, component monthly, VAT rate", "-1", "from 0 to below 100"),
        (tariff("net", monthly("1", vat="100")), "tariff net, component monthly, VAT rate", "100", "below 100"),
        (tariff("net", monthly("1", vat="NaN")), "tariff net, component monthly, VAT rate", "NaN", "a percentage"),
        (tariff("net", monthly("-0.01")), "tariff net, component monthly, price", "-0.01", "must not be negative"),
        (tariff("net", monthly("NaN")), "tariff net, component monthly, price", "NaN", "must not be negative"),
        (tariff("net", monthly("0.0000001")), "tariff net, component monthly, price", "1E-7", "at most 6 decimals"),
        (tariff("net", monthly("1E+12")), "tariff net, component monthly, price", "1E+12", "must be below 10\\^12"),
        (tariff("net", monthly("1E+30")), "tariff net, component monthly, price", "1E+30", "must be below 10\\^12"),
        (
            priced(price("1.00", "2026-01-01", "2026-01-01")),
            "tariff net, component monthly, price from",
            "2026-01-01",
            "ends on 2026-01-01, not after it starts",
        ),
        (
            priced(price("1.00", "2026-01-01"), price("2.00", "2026-02-01")),
            "tariff net, component monthly, price from",
            "2026-02-01",
            "overlaps the price valid from 2026-01-01",
        ),
        (
            priced(price("2.00", "2026-02-01", "2026-03-01"), price("1.00", "2026-01-01", "2026-02-02")),
            "tariff net, component monthly, price from",
            "2026-02-01",
            "overlaps the price valid from 2026-01-01",
        ),
    ],
)
def test_a_price_list_that_is_not_sound_is_refused(bad: Tariff, field: str, value: str, message: str):
    with pytest.raises(InvalidValue, match=message) as caught:
        publish_tariff(None, bad, ON)

    assert (caught.value.field, caught.value.value) == (field, value)


def test_a_component_needs_a_price():
    with pytest.raises(InvalidValue, match="has no price") as caught:
        publish_tariff(None, priced(), ON)

    assert caught.value.field == "tariff net, component monthly"
