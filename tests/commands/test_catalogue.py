"""Tariffs: published once, never changed, and refused as a whole when a price is unsound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.tariffs import TariffPublished
from billing_core.errors import AlreadyExists, InvalidValue
from commands.catalogue import ListPrice, PublishTariff, TariffComponent
from tests.conftest import Operator


def tariff(*prices: ListPrice, **details: object) -> PublishTariff:
    fields: dict[str, object] = {"code": "fee", "name": "Fee", "kind": "recurring", "vat_rate": Decimal(21)}
    component = TariffComponent.model_validate({**fields, "prices": prices} | details)
    return PublishTariff(code="tv", name="Television", currency="EUR", components=[component])


def price(amount: str, valid_from: date = date(2026, 1, 1), valid_to: date | None = None) -> ListPrice:
    return ListPrice(amount=Decimal(amount), valid_from=valid_from, valid_to=valid_to)


def test_a_tariff_is_kept_exactly_as_it_was_published(operator: Operator):
    published = tariff(price("9.123456", valid_to=date(2026, 7, 1)), price("10", date(2026, 7, 1)))
    operator.tell(published, today=date(2026, 1, 1))
    assert operator.tell(published).position == 0

    (fact,) = operator.facts("tariff/tv")
    assert isinstance(fact, TariffPublished)
    assert [entry.amount for entry in fact.tariff.components[0].prices] == [Decimal("9.123456"), Decimal("10")]


def test_another_list_under_the_same_code_is_refused(operator: Operator):
    operator.tell(tariff(price("9.90")))
    with pytest.raises(AlreadyExists, match="tv"):
        operator.tell(tariff(price("9.91")))
    assert len(operator.facts("tariff/tv")) == 1


@pytest.mark.parametrize(
    ("unsound", "told"),
    [
        (tariff(), "has no price"),
        (tariff(price("-1")), "negative"),
        (tariff(price("1.1234567")), "6 decimals"),
        (tariff(price("1", valid_to=date(2026, 1, 1))), "not after it starts"),
        (tariff(price("1"), price("2", date(2026, 2, 1))), "overlaps the price valid from 2026-01-01"),
        (tariff(price("1"), vat_rate=Decimal(100)), "percentage"),
        (tariff(price("1"), code=" "), "empty"),
        (tariff(price("1")).model_copy(update={"currency": "XXX"}), "unknown currency"),
    ],
)
def test_an_unsound_price_list_is_refused_as_a_whole(operator: Operator, unsound: PublishTariff, told: str):
    before = operator.store_contents()
    with pytest.raises(InvalidValue, match=told):
        operator.tell(unsound)
    assert operator.store_contents() == before
