"""Who issues documents and who receives them: registered once, changed in full, and nothing unprintable."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import AlreadyExists, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import (
    Address,
    Customer,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
    CustomerState,
    NumberSeries,
    NumberSeriesFull,
    NumberSeriesOpened,
    Seller,
    SellerChanged,
    SellerRegistered,
    SeriesKind,
    apply_customer,
    apply_seller,
    open_number_series,
    register_customer,
    register_seller,
    require_country,
    require_currency,
    require_text,
    series_for,
)
from billing_core.party_changes import (
    AddressChanges,
    CustomerChanges,
    SellerChanges,
    change_customer,
    change_seller,
    correct_registration,
)

ON = date(2026, 1, 10)
LATER = date(2026, 2, 1)
ANNA = Customer(number="C1", kind="person", name="Anna Kalniņa", address=Address(city="Rīga"))
SERIES: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="1", width=9),
    "credit-note": NumberSeries(prefix="5", width=9),
}
NORTH = Seller(code="north", name="North Cable", address=Address(), time_zone="Europe/Riga", series=SERIES)


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


def test_every_detail_may_be_named_in_a_change():
    assert {*CustomerChanges.__struct_fields__} == {*Customer.__struct_fields__} - {"number"}
    assert {*SellerChanges.__struct_fields__} == {*Seller.__struct_fields__} - {"code", "series"}
    assert {*AddressChanges.__struct_fields__} == {*Address.__struct_fields__}


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


def test_names_of_every_script_are_printable():
    for name in ("Jānis Bērziņš", "Северен кабел", "Աննա և ընկերներ", "n" * 200):
        require_text(name, "customer name")


def test_events_of_other_streams_leave_a_party_as_it_is():
    assert apply_customer(None, CustomerChanged(effective_on=ON, customer=ANNA, before=ANNA)) is None
    assert apply_seller(NORTH, CustomerRegistered(effective_on=ON, customer=ANNA)) is NORTH


# --- sellers


def test_a_seller_is_registered_once():
    events = register_seller(None, NORTH, ON)

    assert events == [SellerRegistered(effective_on=ON, seller=NORTH)]
    assert apply_seller(None, events[0]) == NORTH
    assert register_seller(NORTH, NORTH, LATER) == []
    with pytest.raises(AlreadyExists, match="registered with other details") as caught:
        register_seller(NORTH, msgspec.structs.replace(NORTH, name="South Cable"), LATER)
    assert (caught.value.field, caught.value.value) == ("seller", "north")


def test_a_number_is_the_prefix_and_the_running_number_padded():
    assert NumberSeries(prefix="1", width=9).number(7) == "1000000007"
    assert NumberSeries(prefix="26", width=4).number(9999) == "269999"


@pytest.mark.parametrize(
    ("series", "field", "value", "message"),
    [
        (NumberSeries(prefix="A", width=9), "series invoice", "A/9", "a prefix of digits"),
        (NumberSeries(prefix="\u0661", width=9), "series invoice", "\u0661/9", "a prefix of digits"),
        (NumberSeries(prefix="²", width=9), "series invoice", "²/9", "a prefix of digits"),
        (NumberSeries(prefix="", width=9), "series invoice", "/9", "a prefix of digits"),
        (NumberSeries(prefix="1", width=3), "series invoice", "1/3", "a width of 4 or more"),
        (NumberSeries(prefix="1", width=10), "series invoice", "1/10", "10 digits in all at most"),
        (NumberSeries(prefix="2026", width=7), "series invoice", "2026/7", "10 digits in all at most"),
        (NumberSeries(prefix="5", width=9), "series invoice, prefix", "5", "two documents could have one number"),
        (NumberSeries(prefix="50", width=8), "series invoice, prefix", "50", "two documents could have one number"),
    ],
)
def test_a_number_series_that_could_go_wrong_is_refused(series: NumberSeries, field: str, value: str, message: str):
    """With the prefixes 5 and 50, credit note 5000000001 and invoice 5000000001 would be two documents."""
    seller = msgspec.structs.replace(NORTH, series={**SERIES, "invoice": series})

    with pytest.raises(InvalidValue, match=message) as caught:
        register_seller(None, seller, ON)

    assert caught.value.field == field
    assert value in str(caught.value.value)


def test_a_kind_of_document_gets_its_series_when_it_is_first_needed():
    young = msgspec.structs.replace(NORTH, series={"invoice": SERIES["invoice"]})
    assert register_seller(None, young, ON) == [SellerRegistered(effective_on=ON, seller=young)]
    with pytest.raises(RuleViolation) as refused:
        series_for(young, "credit-note", 1)
    assert str(refused.value) == (
        "document 'credit-note': seller north has no number series for this kind of document; open one with "
        "`open-number-series`"
    )

    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=SERIES["credit-note"])
    assert open_number_series(young, opened, 0) == [opened]
    grown = apply_seller(young, opened)
    assert grown == NORTH and series_for(grown, "credit-note", 999_999_999) == SERIES["credit-note"]
    assert open_number_series(grown, opened, 7) == []
    assert register_seller(grown, young, LATER) == register_seller(grown, NORTH, LATER) == []


@pytest.mark.parametrize("series", [NumberSeries(prefix="6", width=9), NumberSeries(prefix="5", width=10)])
def test_a_series_goes_on_once_it_is_opened(series: NumberSeries):
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
    with pytest.raises(AlreadyExists, match="has the prefix 5 and the width 9"):
        open_number_series(NORTH, opened, 999_999_998)


def test_the_next_series_begins_after_the_last_number_of_the_one_before():
    """The series 26/4 ends with 269999, the 9999th credit note; the 10000th is the first of 27/4."""
    first, next_one = NumberSeries(prefix="26", width=4), NumberSeries(prefix="27", width=4)
    seller = msgspec.structs.replace(NORTH, series={"credit-note": first})
    opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=next_one)
    with pytest.raises(AlreadyExists, match="its numbers continue until they are used up"):
        open_number_series(seller, opened, 9998)
    assert series_for(seller, "credit-note", 9999).number(9999) == "269999"
    with pytest.raises(NumberSeriesFull, match="seller north has used up the numbers of its series with the prefix 26"):
        series_for(seller, "credit-note", 10_000)

    (fact,) = open_number_series(seller, opened, 9999)

    grown = apply_seller(seller, fact)
    assert grown is not None
    series = series_for(grown, "credit-note", 19_998)
    assert (series.first, series.number(10_000), series.number(19_998)) == ("270001", "270001", "279999")
    with pytest.raises(NumberSeriesFull, match="the prefix 27"):
        series_for(grown, "credit-note", 19_999)
    assert open_number_series(grown, opened, 12_000) == []
    assert register_seller(grown, seller, LATER) == [], "the seller as it was registered at first"


@pytest.mark.parametrize("country", ["lv", "UK", "EU", "XX", "LVA", "Latvia", "L", "ZZ"])
def test_a_country_is_one_of_iso_3166(country: str):
    with pytest.raises(InvalidValue, match="is no country of ISO 3166; write its two capital letters, as in LV"):
        require_country(country, "seller country")
    for known in ("LV", "CZ", "BG", "AM", "US", "XK", ""):
        require_country(known, "seller country")


def test_a_series_that_is_opened_later_is_as_sound_as_the_first_ones():
    young = msgspec.structs.replace(NORTH, series={"invoice": SERIES["invoice"]})
    for series in (NumberSeries(prefix="12", width=9), NumberSeries(prefix="5", width=3)):
        opened = NumberSeriesOpened(effective_on=LATER, seller="north", kind="credit-note", series=series)
        with pytest.raises(InvalidValue, match="series"):
            open_number_series(young, opened, 0)


def test_a_seller_has_a_name():
    with pytest.raises(InvalidValue, match="must not be empty") as caught:
        register_seller(None, msgspec.structs.replace(NORTH, name=" "), ON)

    assert (caught.value.field, caught.value.value) == ("seller name", " ")


# --- values


def test_an_address_is_printed_without_empty_lines():
    full = Address(street="Brīvības iela 1", city="Rīga", postal_code="LV-1010", country="LV")

    assert full.lines() == ("Brīvības iela 1", "LV-1010 Rīga", "LV")
    assert Address(city="Rīga").lines() == ("Rīga",)
    assert Address().lines() == ()


def test_a_currency_must_be_known():
    require_currency("EUR")
    with pytest.raises(InvalidValue) as caught:
        require_currency("eur")
    assert (caught.value.field, caught.value.value) == ("currency", "eur")


# --- a seller that changes


def test_an_iban_and_a_bic_are_kept_as_banks_exchange_them():
    written = msgspec.structs.replace(NORTH, iban="lv80 bank 0000 4351 9500 1", bic="bank lv2x")

    (fact,) = register_seller(None, written, ON)

    assert isinstance(fact, SellerRegistered)
    assert (fact.seller.iban, fact.seller.bic) == ("LV80BANK0000435195001", "BANKLV2X")
    assert register_seller(fact.seller, written, LATER) == []
    (moved,) = change_seller(NORTH, SellerChanges(iban="lv97 hABa 0012 3456 7891 0"), LATER)
    assert isinstance(moved, SellerChanged) and moved.seller.iban == "LV97HABA0012345678910"


def test_only_named_details_of_a_seller_change_and_its_number_series_go_on():
    north = msgspec.structs.replace(NORTH, email="north@x.example", bic="BANKLV22")
    changes = SellerChanges(name="North Net", iban="LV80BANK0000435195001", bic=None)

    (fact,) = change_seller(north, changes, LATER)

    moved = msgspec.structs.replace(north, name="North Net", iban="LV80BANK0000435195001", bic=None)
    assert fact == SellerChanged(effective_on=LATER, seller=moved, before=north)
    assert apply_seller(north, fact) == moved
    assert change_seller(moved, changes, LATER) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"iban": "LV80BANK0000435195002"}, "seller IBAN"),
        ({"iban": "LV80"}, "seller IBAN"),
        ({"bic": "BANK"}, "seller BIC"),
        ({"name": " "}, "seller name"),
        ({"address": AddressChanges(country="Latvia")}, "seller country"),
        ({"address": AddressChanges(street="Pier 1\nRiverside")}, "seller street"),
        ({"email": "office\t@north.example"}, "seller email"),
        ({"phone": "1" * 201}, "seller phone"),
        ({"legal_ids": {"VAT ID": "LV\n1"}}, "seller VAT ID"),
    ],
)
def test_details_that_no_bank_or_document_could_take_are_refused(wrong: dict[str, Any], field: str):
    changes = SellerChanges(**wrong)
    for decide in (
        lambda: register_seller(None, changed(NORTH, changes), ON),
        lambda: change_seller(NORTH, changes, ON),
    ):
        with pytest.raises(InvalidValue) as refused:
            decide()
        assert refused.value.field == field


def test_a_seller_has_a_code():
    with pytest.raises(InvalidValue, match="seller code ' ': must not be empty"):
        register_seller(None, msgspec.structs.replace(NORTH, code=" "), ON)
