"""An amount in its lines: sum, what it is for, rule, price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.texts.explained import ExplainedAmount, explained_charge, explained_taxes
from billing_core.catalogue.components import AnyComponent
from billing_core.charging.charges import Charge
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.kernel.money import Money
from tests.billing_core.price_lists import monthly, off, tariff
from tests.billing_core.subscriber import Subscriber


def charged(net: str, since: str, on: str, *more: AnyComponent, vat: str = "0") -> list[Charge]:
    subscriber = Subscriber(tariff("net", monthly(net, vat=vat, code="fee"), *more), opened="2026-01-01")
    subscriber.activate_on("net", since)
    return subscriber.owed(on)


def first(charges: list[Charge]) -> ExplainedAmount:
    return explained_charge(charges[0])


def test_a_part_of_a_month_is_shown_before_it_is_rounded() -> None:
    # 249.00 x 3/31 = 24.0967...
    explained = first(charged("249.00", "2026-05-29", "2026-05-29"))
    assert explained.sum == (
        "249.00 EUR a month x 3/31 days of the whole period = 24.0967…, rounded half up to 24.10 EUR"
    )
    assert explained.rule == "a fee, for the part of its period that its days are"
    assert (explained.from_on, explained.last_on) == (date(2026, 5, 29), date(2026, 5, 31))


def test_a_whole_month_says_its_price_once() -> None:
    explained = first(charged("20.00", "2026-05-01", "2026-05-01"))
    assert (explained.sum, explained.rule) == ("1 month at 20.00 EUR", "a fee for a whole period")
    assert explained.purpose.endswith("service S1, 2026-05-01 to 2026-05-31")


def test_a_discount_is_explained_as_what_it_takes_off() -> None:
    _, discount = charged("20.00", "2026-05-01", "2026-05-01", off("10", "fee"))
    explained = explained_charge(discount)
    assert explained.amount == Money(Decimal("-2.00"), "EUR")
    assert explained.sum.endswith("= -2.00 EUR") and "10 %" in explained.sum
    assert explained.rule.startswith("a discount")


def test_a_credit_names_the_invoice_of_which_it_takes_something_back() -> None:
    subscriber = Subscriber(tariff("net", monthly("30.00", code="fee")), opened="2026-01-01")
    subscriber.activate_on("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-21")
    posted = subscriber.bill("2026-06-21")
    credit = next(charge for fact in posted for charge in getattr(fact, "charges", ()) if charge.corrects)
    explained = explained_charge(credit, "1")
    # 30.00 x 10/30 = 10.00
    assert (explained.amount.amount, explained.corrects) == (Decimal("-10.00"), "1")
    assert explained.sum.endswith("= -10.00 EUR") and explained.purpose.endswith("taken back")


def test_vat_is_added_to_net_prices_and_held_by_others() -> None:
    base, vat = Money(Decimal("100.00"), "EUR"), Money(Decimal("21.00"), "EUR")
    taxes = [TaxSummaryLine(rate=Decimal(21), base=base, vat=vat)]
    (added,) = explained_taxes(taxes, charged("100.00", "2026-05-01", "2026-05-01", vat="21"))
    assert added.sum == "100.00 EUR x 21 % = 21.00 EUR"
    untaxed = [TaxSummaryLine(rate=Decimal(0), base=base, vat=Money(Decimal(0), "EUR"))]
    assert list(explained_taxes(untaxed, [])) == []
