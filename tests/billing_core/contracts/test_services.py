"""Services as a contract shows them: the tariff and the prices of its first day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.components import OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.contracts.services import Fee, sold, tariff_of_sale
from billing_core.kernel.errors import RuleViolation
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import Change
from billing_core.time.period_rules import PeriodRule

JANUARY, JUNE, JULY = date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)


def price(amount: str, valid_from: date = JANUARY, valid_to: date | None = None) -> Price:
    return Price(amount=Decimal(amount), valid_from=valid_from, valid_to=valid_to)


def fee(code: str, *prices: Price, is_option: bool = False, months: int = 1) -> Recurring:
    return Recurring(
        code=code, name=code.title(), vat_rate=Decimal(21), prices=prices, is_option=is_option,
        period=PeriodRule(interval=months),
    )  # fmt: skip


FAST = Tariff(
    code="fast", name="Fast 500", currency="EUR",
    components=(
        fee("line", price("20.00", valid_to=JUNE), price("22.00", JUNE)),
        fee("sport", price("5.00"), is_option=True),
        fee("films", price("6.00"), is_option=True),
        fee("box", price("9.00"), months=3),
        OneOff(code="setup", name="Set-up", vat_rate=Decimal(21), prices=(price("30.00"),)),
    ),
)  # fmt: skip


def subscription(*later: Change, **details: object) -> Subscription:
    return Subscription("net", [Change(JANUARY, "activate", tariff="fast", **details), *later])  # type: ignore[arg-type]


def test_the_list_of_the_first_day_holds_and_only_chosen_options_are_shown():
    shown = sold("1", subscription(options=("sport",)), FAST, JUNE)

    assert (shown.name, shown.since, shown.currency) == ("Fast 500", JUNE, "EUR")
    assert shown.fees == (
        Fee(name="Line", price=Decimal("22.00"), vat_rate=Decimal(21)),
        Fee(name="Sport", price=Decimal("5.00"), vat_rate=Decimal(21)),
        Fee(name="Box", price=Decimal("9.00"), months=3, vat_rate=Decimal(21)),
    )


def test_an_agreed_price_is_shown_in_place_of_the_list():
    shown = sold("1", subscription(agreed_prices={"line": Decimal("18.00")}), FAST, JUNE)
    assert shown.fees[0].price == Decimal("18.00")


def test_a_service_that_begins_later_than_the_contract_is_shown_from_its_own_day():
    later = Subscription("net", [Change(JULY, "activate", tariff="fast", address="11-5")])
    shown = sold("1", later, FAST, JUNE)
    assert (shown.since, shown.place, shown.fees[0].price) == (JULY, "11-5", Decimal("22.00"))


def test_the_tariff_is_that_of_the_first_day():
    changed = subscription(Change(JUNE, "change-tariff", tariff="faster"))
    assert tariff_of_sale(changed, date(2026, 5, 31))[0] == "fast"
    assert tariff_of_sale(changed, JUNE)[0] == "faster"


def test_a_service_that_has_ended_is_not_sold():
    ended = subscription(Change(JUNE, "terminate"))
    assert tariff_of_sale(ended, date(2026, 5, 31))[0] == "fast"
    with pytest.raises(RuleViolation, match="has ended before 2026-06-01"):
        tariff_of_sale(ended, JUNE)
