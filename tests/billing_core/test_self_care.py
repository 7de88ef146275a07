"""What a customer is offered and permitted on the own pages, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import RuleViolation
from billing_core.self_care import (
    CustomerPasswordGiven,
    CustomerPasswordTaken,
    SelfCare,
    SelfCareTerms,
    SelfCareTermsSet,
    actor_of,
    apply_self_care,
    apply_terms,
    customer_of,
    offered,
    set_terms,
    take_password,
)

ON = date(2026, 6, 11)
FEE = Recurring(
    code="fee", name="Fee", vat_rate=Decimal(20), prices=(Price(amount=Decimal(300), valid_from=date(2020, 1, 1)),)
)
PRESENT = Tariff(code="net-300", name="Internet 300", currency="CZK", product="internet", components=(FEE,))


def other(code: str, **details: object) -> Tariff:
    return msgspec.structs.replace(PRESENT, code=code, **details)


def test_other_tariffs_of_the_same_product_and_currency_that_are_on_sale_are_offered():
    tariffs = [
        PRESENT,
        other("net-500"),
        other("net-1000", closed_from=ON),
        other("net-700", closed_from=date(2026, 6, 12)),
        other("net-500-eur", currency="EUR"),
        other("tv", product="tv"),
        other("static", parameters=(Parameter(code="address"),)),
        other("named", parameters=(Parameter(code="place", is_optional=True), Parameter(code="speed", value="9"))),
    ]
    assert [tariff.code for tariff in offered(PRESENT, tariffs, ON)] == ["named", "net-500", "net-700"]


def test_a_tariff_that_is_of_no_product_has_nothing_beside_it():
    assert offered(other("loose", product=""), [other("net-500", product="")], ON) == []


def test_what_the_present_tariff_has_asked_for_need_not_be_asked_again():
    static = other("static", parameters=(Parameter(code="address"),))
    assert offered(other("old", parameters=(Parameter(code="address"),)), [static], ON) == [static]


def test_a_customer_stands_in_the_log_by_a_name_that_no_operator_has():
    assert actor_of("104217") == "customer/104217"
    assert (customer_of("customer/104217"), customer_of("anna")) == ("104217", "")


def test_a_password_is_taken_once():
    given = apply_self_care(None, CustomerPasswordGiven(effective_on=ON, customer="1"))
    taken = CustomerPasswordTaken(effective_on=ON, customer="1")
    assert take_password(given, taken) == [taken]
    with pytest.raises(RuleViolation):
        take_password(apply_self_care(given, taken), taken)
    assert apply_self_care(given, taken) == SelfCare(has_password=False)


def test_terms_that_hold_already_change_nothing():
    fact = SelfCareTermsSet(effective_on=ON, terms=SelfCareTerms(problem="fault"))
    assert set_terms(None, fact) == [fact]
    assert set_terms(apply_terms(None, fact), fact) == []
    assert set_terms(None, SelfCareTermsSet(effective_on=ON, terms=SelfCareTerms())) == []
