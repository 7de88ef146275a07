"""What was used by destination, what it brought in, and its margin against the list of a carrier."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.dealers import Dealer
from billing_core.usage.price_lists.lists import DestinationPrice, PriceList, PriceListTerms
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from tests.adapters.http.conftest import Api, SignedIn
from tests.commands.usage.price_lists import publish
from tests.operators import Operator
from tests.projections.usage.rows import call, write_rows

OCTOBER: dict[str, Any] = {"from": "2026-10-01", "to": "2026-11-01"}
# Two accounts, in hundredths of the currency; one day is of November.
RATED = """
    INSERT INTO billing.usage_rated VALUES
        ('A0001', 'main', 'calls', '2026-10-10', 'voice', '2026-01-01', 'Germany', 'always', 2, 240, 60, 36, 100),
        ('A0002', 'main', 'calls', '2026-10-11', 'voice', '2026-01-01', 'Germany', 'always', 1, 60, 0, 12, 100),
        ('A0002', 'main', 'calls', '2026-10-31', 'voice', '2026-01-01', 'Czechia', 'always', 1, 60, 0, 50, 1000),
        ('A0002', 'main', 'calls', '2026-11-01', 'voice', '2026-01-01', 'Czechia', 'always', 1, 60, 0, 50, 1000)
"""


def price_list(code: str, **prices: str) -> PriceList:
    """A list by the minute; each prefix is named `p49`."""
    terms = PriceListTerms(code=code, name=code.title(), currency="EUR", unit="minute", zone="Europe/Prague")
    names = {"49": "Germany", "420": "Czechia"}
    rows = tuple(
        DestinationPrice(prefix=prefix[1:], destination=names[prefix[1:]], prices=(Decimal(price),))
        for prefix, price in prices.items()
    )
    return PriceList(terms=terms, valid_from_on=date(2026, 1, 1), rows=rows)


def test_destinations_have_what_they_brought_in_and_a_dealer_sees_its_own(
    operator: Operator, admin: Api, signed_in: SignedIn
):
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.subscribers(2)
    operator.tell(AssignCustomer(customer="A0001", dealer="east"))
    operator.execute(RATED)
    operator.application.runner.catch_up()

    def shown(api: Api, **words: Any) -> list[tuple[Any, ...]]:
        names = ("destination", "records", "units", "free_units", "amount")
        items = api.get("/usage/destinations", **OCTOBER, **words).json()["items"]
        return [tuple(row[name] for name in names) for row in items]

    assert shown(admin) == [("Germany", 3, 300, 60, "0.480000"), ("Czechia", 1, 60, 0, "0.050000")]
    assert shown(signed_in("eva", "administrator", dealer="east")) == [("Germany", 2, 240, 60, "0.360000")]
    assert shown(admin, price_list="other") == []


def test_the_margin_of_calls_over_a_network_is_what_two_lists_make_of_the_same_calls(operator: Operator, admin: Api):
    """180 s and 60 s to Germany, sold at 0.12 a minute and bought at 0.03; the carrier has no price for Czechia."""
    operator.subscriber()
    publish(operator, price_list("voice", p49="0.12", p420="0.05"))
    publish(operator, price_list("transit", p49="0.03"))
    german = {"number": "4930123456"}
    write_rows(
        operator.database_url,
        [call("2026-10-10T10:00+02:00", 180, **german), call("2026-10-11T10:00+02:00", 60, **german),
         call("2026-10-12T10:00+02:00", 600), call("2026-10-12T11:00+02:00", 60, **german, direction="in"),
         call("2026-10-12T12:00+02:00", 60, **german, network="trunk2")],
    )  # fmt: skip

    asked: dict[str, Any] = {"price_list": "voice", "carrier_list": "transit", "network": "trunk1"}
    czechia, germany = admin.get("/usage/margins", **OCTOBER, **asked).json()["items"]

    assert germany == {
        "destination": "Germany", "records": 2, "units": 240, "currency": "EUR", "income": "0.480000",
        "cost": "0.120000", "margin": "0.360000", "without_cost": 0,
    }  # fmt: skip
    assert (czechia["destination"], czechia["records"], czechia["without_cost"]) == ("Czechia", 0, 1)
    assert admin.get("/usage/margins", **OCTOBER, **asked | {"carrier_list": "none"}).status_code == 404
