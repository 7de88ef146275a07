"""Who receives documents: registered once, changed by what is named, and nothing unprintable."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import (
    Customer,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
    CustomerState,
    apply_customer,
    register_customer,
)
from billing_core.parties.details import Address
from billing_core.party_changes import AddressChanges, CustomerChanges, change_customer, correct_registration
from tests.billing_core.parties.examples import ANNA, LATER, ON


def test_a_customer_is_registered_and_exists_since_then():
    events = register_customer(None, ANNA, ON)

    assert events == [CustomerRegistered(effective_on=ON, customer=ANNA)]
    assert apply_customer(None, events[0]) == CustomerState(ANNA, ON)


def test_registering_the_same_customer_again_changes_nothing():
    assert register_customer(CustomerState(ANNA, ON), ANNA, LATER) == []


def test_a_customers_number_is_used_once():
    other = msgspec.structs.replace(ANNA, name="Jānis Bērziņš")

    with pytest.raises(AlreadyExists, match="another customer has this number") as caught:
        register_customer(CustomerState(ANNA, ON), other, LATER)

    assert (caught.value.field, caught.value.value) == ("customer number", "C1")


def test_only_named_details_change_and_the_customer_exists_since_the_first_day():
    anna = msgspec.structs.replace(
        ANNA, email="anna@x.example", phone="+371 1", legal_ids={"VAT ID": "LV1", "Company ID": "7"}
    )
    known = CustomerState(anna, ON)
    changes = CustomerChanges(
        address=AddressChanges(city="Liepāja"), phone=None, legal_ids={"VAT ID": None, "Personal ID": "9"}
    )

    events = change_customer(known, changes, LATER)

    moved = msgspec.structs.replace(
        anna, address=Address(city="Liepāja"), phone=None, legal_ids={"Company ID": "7", "Personal ID": "9"}
    )
    assert events == [CustomerChanged(effective_on=LATER, customer=moved, before=anna)]
    assert apply_customer(known, events[0]) == CustomerState(moved, ON, changed_on=LATER)
    assert change_customer(CustomerState(moved, ON), changes, LATER) == []


def test_a_customers_language_is_one_of_the_house_or_the_sellers():
    (spoken,) = change_customer(CustomerState(ANNA, ON), CustomerChanges(language="cs"), LATER)

    assert isinstance(spoken, CustomerChanged) and spoken.customer.language == "cs"
    for language in ("CS", "cz", "de", "czech"):
        with pytest.raises(InvalidValue, match="write one of en, cs, bg, hy, ru"):
            change_customer(CustomerState(ANNA, ON), CustomerChanges(language=language), LATER)


def test_an_address_prints_its_parts_and_as_before_if_it_has_none():
    written = Address(street="Brīvības iela 7", city="Rīga", postal_code="LV-1010", country="LV")
    parts = Address(street="Brīvības iela", house_number="7", building="2", floor="3", district="Centrs", city="Rīga",
                    postal_code="LV-1010", country="LV")  # fmt: skip

    assert written.lines() == ("Brīvības iela 7", "LV-1010 Rīga", "LV")
    assert parts.lines() == ("Brīvības iela 7, building 2, floor 3", "Centrs", "LV-1010 Rīga", "LV")
    assert parts.lines({"floor": "stāvs"}) == ("Brīvības iela 7, stāvs 3", "Centrs", "LV-1010 Rīga", "LV")
    assert Address(flat="4").lines() == ("flat 4",)


def test_a_customer_has_several_addresses_a_source_and_a_checked_iban():
    changes = CustomerChanges(
        postal_address=AddressChanges(street="a/k 7", city="Rīga"),
        installation_address=AddressChanges(street="Jūras iela", house_number="1"),
        iban="lv80 bank 0000 4351 9500 1",
        source="recommendation",
    )

    (fact,) = change_customer(CustomerState(ANNA, ON), changes, LATER)

    assert isinstance(fact, CustomerChanged)
    assert fact.customer.postal_address == Address(street="a/k 7", city="Rīga")
    assert fact.customer.installation_address == Address(street="Jūras iela", house_number="1")
    assert (fact.customer.iban, fact.customer.source) == ("LV80BANK0000435195001", "recommendation")
    assert change_customer(CustomerState(fact.customer, ON), changes, LATER) == []
    for bad, field in (
        (CustomerChanges(iban="LV81BANK0000435195001"), "customer IBAN"),
        (CustomerChanges(source="a\nb"), "customer source"),
        (CustomerChanges(postal_address=AddressChanges(country="Latvia")), "customer postal address country"),
        (CustomerChanges(installation_address=AddressChanges(flat="a\tb")), "customer installation address flat"),
    ):
        with pytest.raises(InvalidValue) as caught:
            change_customer(CustomerState(ANNA, ON), bad, LATER)
        assert caught.value.field == field


def test_details_cannot_change_before_the_customer_exists():
    with pytest.raises(InvalidValue, match="exists only since 2026-01-10") as caught:
        change_customer(CustomerState(ANNA, ON), CustomerChanges(name="Ona"), date(2026, 1, 9))

    assert (caught.value.field, caught.value.value) == ("change of customer on", "2026-01-09")


def test_the_day_of_registration_is_corrected_up_to_the_first_account_or_change():
    def corrected(on: date, account_on: date | None = None, known: CustomerState | None = None) -> list[Event]:
        fact = CustomerRegistrationCorrected(effective_on=on, customer="C1", reason="typed wrong")
        return correct_registration(known or CustomerState(ANNA, ON), fact, account_on)

    (fact,) = corrected(date(2025, 1, 10))
    assert apply_customer(CustomerState(ANNA, ON), fact) == CustomerState(ANNA, date(2025, 1, 10))
    assert corrected(ON) == []
    assert len(corrected(LATER)) == len(corrected(LATER, LATER)) == 1
    with pytest.raises(RuleViolation, match="an account was opened on 2026-01-31 already") as caught:
        corrected(LATER, date(2026, 1, 31))
    assert (caught.value.field, caught.value.value) == ("registered on", "2026-02-01")
    moved = apply_customer(CustomerState(ANNA, ON), CustomerChanged(effective_on=LATER, customer=ANNA, before=ANNA))
    with pytest.raises(RuleViolation, match="details changed on 2026-02-01 already"):
        corrected(date(2026, 2, 2), known=moved)


@pytest.mark.parametrize(
    ("changes", "field", "value", "message"),
    [
        ({"name": ""}, "customer name", "", "must not be empty"),
        ({"name": "Anna\nKalniņa"}, "customer name", "Anna\nKalniņa", "line breaks"),
        ({"email": "a\tb"}, "customer email", "a\tb", "control characters"),
        ({"phone": "\x00"}, "customer phone", "\x00", "control characters"),
        ({"address": AddressChanges(street="a\x1b[31m")}, "customer street", "a\x1b[31m", "control characters"),
        ({"legal_ids": {"VAT ID": "LV\n1"}}, "customer VAT ID", "LV\n1", "line breaks"),
        ({"name": "n" * 201}, "customer name", "n" * 40 + "...", "longer than 200 characters"),
    ],
)
def test_what_cannot_be_printed_is_refused_when_registered_and_when_changed(
    changes: dict[str, object], field: str, value: str, message: str
):
    bad = CustomerChanges(**changes)  # type: ignore[arg-type]

    for decide in (
        lambda: register_customer(None, changed(ANNA, bad), ON),
        lambda: change_customer(CustomerState(ANNA, ON), bad, LATER),
    ):
        with pytest.raises(InvalidValue, match=message) as caught:
            decide()
        assert (caught.value.field, caught.value.value) == (field, value)


def test_a_customer_needs_a_number():
    with pytest.raises(InvalidValue, match="must not be empty") as caught:
        register_customer(None, msgspec.structs.replace(ANNA, number=" "), ON)
    assert caught.value.field == "customer number"


def test_every_detail_may_be_named_in_a_change():
    assert {*CustomerChanges.__struct_fields__} == {*Customer.__struct_fields__} - {"number"}
    assert {*AddressChanges.__struct_fields__} == {*Address.__struct_fields__}


def test_a_change_of_a_customer_that_is_not_registered_makes_none():
    assert apply_customer(None, CustomerChanged(effective_on=ON, customer=ANNA, before=ANNA)) is None
