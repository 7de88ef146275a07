"""Who issues documents: registered once, changed by what is named, with details that banks understand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from billing_core.kernel.changes import changed
from billing_core.kernel.errors import AlreadyExists, InvalidValue
from billing_core.parties.customers import CustomerRegistered
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered, apply_seller, register_seller
from billing_core.party_changes import AddressChanges, SellerChanges, change_seller
from tests.billing_core.parties.examples import ANNA, LATER, NORTH, ON


def test_a_seller_is_registered_once():
    events = register_seller(None, NORTH, ON)

    assert events == [SellerRegistered(effective_on=ON, seller=NORTH)]
    assert apply_seller(None, events[0]) == NORTH
    assert register_seller(NORTH, NORTH, LATER) == []
    with pytest.raises(AlreadyExists, match="registered with other details") as caught:
        register_seller(NORTH, msgspec.structs.replace(NORTH, name="South Cable"), LATER)
    assert (caught.value.field, caught.value.value) == ("seller", "north")


def test_a_seller_has_a_name():
    with pytest.raises(InvalidValue, match="must not be empty") as caught:
        register_seller(None, msgspec.structs.replace(NORTH, name=" "), ON)

    assert (caught.value.field, caught.value.value) == ("seller name", " ")


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


def test_every_detail_but_the_code_and_the_series_may_be_named_in_a_change():
    assert {*SellerChanges.__struct_fields__} == {*Seller.__struct_fields__} - {"code", "series"}


def test_events_of_other_streams_leave_a_seller_as_it_is():
    assert apply_seller(NORTH, CustomerRegistered(effective_on=ON, customer=ANNA)) is NORTH
