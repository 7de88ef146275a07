"""Tariffs: published once, never changed, and refused as a whole when a price is unsound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    Phase,
    Recurring,
    Surcharge,
    Usage,
)
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Graduated, Package, Percentage, Tier, UnitPrice
from billing_core.catalogue.products import Product, ProductDefined
from billing_core.catalogue.tariffs import Revision, Tariff, TariffPublished, TariffRevised
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.services.events import SubscriptionActivated
from billing_core.time.period_rules import PeriodRule
from commands.catalogue import (
    DefineProduct,
    PublishTariff,
    ReviseTariff,
)
from commands.services import ActivateSubscription
from tests.operators import Operator


def tariff(*prices: Price, **details: Any) -> PublishTariff:
    component: dict[str, Any] = {"code": "fee", "name": "Fee", "vat_rate": Decimal(21), "prices": prices} | details
    return PublishTariff(
        tariff=Tariff(code="tv", name="Television", currency="EUR", components=(Recurring(**component),))
    )


def with_details(published: PublishTariff, **details: Any) -> PublishTariff:
    return PublishTariff(tariff=msgspec.structs.replace(published.tariff, **details))


def price(amount: str, valid_from: date = date(2026, 1, 1), valid_to: date | None = None) -> Price:
    return Price(amount=Decimal(amount), valid_from=valid_from, valid_to=valid_to)


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
        (with_details(tariff(price("1")), currency="EUX"), "unknown currency"),
    ],
)
def test_an_unsound_price_list_is_refused_as_a_whole(operator: Operator, unsound: PublishTariff, told: str):
    before = operator.store_contents()
    with pytest.raises(InvalidValue, match=told):
        operator.tell(unsound)
    assert operator.store_contents() == before


# --- every kind of component

VAT = Decimal(20)
ONCE = (Price(amount=Decimal("5.00"), valid_from=date(2026, 1, 1)),)
EVERY_KIND: tuple[AnyComponent, ...] = (
    Recurring(code="fee", name="Fee", vat_rate=VAT, prices=ONCE, period=PeriodRule(unit="week", interval=2),
              proration="sliced", is_flat=True, phases=(Phase(periods=2, price=Decimal(0)),), is_option=True),
    OneOff(code="end", name="End", vat_rate=VAT, prices=ONCE, at="termination", committed_months=24, declining=True,
           on_tariff_change="refuse"),
    OneOff(code="up", name="Up", vat_rate=VAT, prices=ONCE, at="upgrade"),
    Usage(code="data", name="Data", vat_rate=VAT,
          pricing=Graduated(tiers=(Tier(up_to=Decimal(10), unit=Decimal(1)), Tier(unit=Decimal(2), flat=Decimal(3))))),
    Usage(code="calls", name="Calls", vat_rate=VAT, pricing=UnitPrice(price=Decimal("0.05")),
          allowance=Allowance(quantity=Decimal(60), carried_periods=1, most_carried=Decimal(90))),
    Usage(code="films", name="Films", vat_rate=VAT, pricing=Package(size=Decimal(5), price=Decimal(9))),
    Usage(code="transfers", name="Transfers", vat_rate=VAT, pricing=Percentage(rate=Decimal("1.3"), free_events=3)),
    Discount(code="loyal", name="Loyal", vat_rate=VAT, on=("fee", "calls"), percent=Decimal(10), billed_periods=3),
    Surcharge(code="paper", name="Paper", vat_rate=VAT, on=("fee",), prices=ONCE, bundle=("tv",)),
    Minimum(code="least", name="Least", vat_rate=VAT, on=("calls", "data"), prices=ONCE),
)  # fmt: skip


def test_every_kind_of_component_can_be_published(operator: Operator):
    operator.tell(PublishTariff(tariff=Tariff(code="all", name="All", currency="EUR", components=EVERY_KIND)))

    (fact,) = operator.facts("tariff/all")
    assert isinstance(fact, TariffPublished)
    assert fact.tariff.components == EVERY_KIND


# --- revisions


def test_a_tariff_is_revised_from_a_day_on_once(operator: Operator):
    published = tariff(price("9.90"))
    operator.tell(published)
    dearer = tariff(price("11.90")).tariff.components
    revision = ReviseTariff(tariff="tv", revision=Revision(valid_from=date(2026, 7, 1), components=dearer))
    operator.tell(revision)

    assert operator.tell(revision).position == 0
    assert operator.tell(published).position == 0
    _, fact = operator.facts("tariff/tv")
    assert fact == TariffRevised(effective_on=date(2026, 7, 1), tariff="tv", components=dearer)
    assert operator.application.models().tariffs()["tv"].revisions[0].valid_from == date(2026, 7, 1)
    with pytest.raises(RuleViolation, match="2026-07-01"):
        operator.tell(ReviseTariff(tariff="tv", revision=Revision(valid_from=date(2026, 6, 1), components=dearer)))
    with pytest.raises(NotFound, match="radio"):
        operator.tell(ReviseTariff(tariff="radio", revision=Revision(valid_from=date(2026, 6, 1), components=dearer)))


# --- products and parameters


def test_products_are_a_tree_and_tariffs_hang_on_it(operator: Operator):
    on = date(2026, 1, 1)
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")), today=on)
    operator.tell(DefineProduct(product=Product(code="home", name="At home", parent="internet")), today=on)
    assert operator.tell(DefineProduct(product=Product(code="home", name="At home", parent="internet"))).position == 0

    assert operator.facts("product/home") == [
        ProductDefined(effective_on=on, product=Product(code="home", name="At home", parent="internet"))
    ]
    with pytest.raises(RuleViolation, match="internet under home under internet"):
        operator.tell(DefineProduct(product=Product(code="internet", name="Internet", parent="home")))
    with pytest.raises(NotFound, match="parent 'television'"):
        operator.tell(DefineProduct(product=Product(code="sport", name="Sport", parent="television")))
    with pytest.raises(NotFound, match="product 'television'"):
        operator.tell(with_details(tariff(price("9.90")), product="television"))
    operator.tell(with_details(tariff(price("9.90")), product="home"))
    assert operator.application.models().tariffs()["tv"].product == "home"


def test_a_tariffs_parameters_are_asked_at_activation(operator: Operator):
    operator.subscriber("A1")
    asked = (Parameter(code="user"), Parameter(code="speed", value="100"))
    operator.tell(with_details(tariff(price("9.90")), parameters=asked))

    def activate(**parameters: str) -> None:
        operator.tell(
            ActivateSubscription(
                account="A1", subscription="tv", tariff="tv", parameters=parameters, on=date(2026, 3, 1)
            )
        )

    for wrong in ({}, {"user": "anna", "speed": "200"}, {"user": "anna", "colour": "red"}):
        with pytest.raises(InvalidValue, match="parameter"):
            activate(**wrong)
    activate(user="anna")
    fact = operator.facts("account/A1")[-1]
    assert isinstance(fact, SubscriptionActivated)
    assert fact.parameters == {"user": "anna"}
