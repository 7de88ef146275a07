"""Changes of named fields: what is left out stays, what is cleared goes, and the differences say what was before."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from billing_core.kernel.changes import Difference, changed, differences
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.party_changes import AddressChanges, CustomerChanges

ANNA = Customer(
    number="C1", kind="person", name="Anna", address=Address(city="Riga", postal_code="LV-1010"),
    legal_ids={"VAT ID": "LV1"}, email="anna@x.example",
)  # fmt: skip


def test_a_field_that_is_left_out_stays_and_one_that_is_cleared_has_its_default():
    assert changed(ANNA, CustomerChanges()) == ANNA
    assert changed(ANNA, CustomerChanges(email=None, phone="1")) == msgspec.structs.replace(ANNA, email=None, phone="1")
    assert changed(ANNA.address, AddressChanges(postal_code=None)) == Address(city="Riga")


def test_of_a_group_of_fields_and_of_values_by_name_only_those_named_change():
    moved = changed(ANNA, CustomerChanges(address=AddressChanges(city="Liepaja"), legal_ids={"Company ID": "7"}))

    assert moved.address == Address(city="Liepaja", postal_code="LV-1010")
    assert moved.legal_ids == {"VAT ID": "LV1", "Company ID": "7"}
    assert changed(moved, CustomerChanges(legal_ids={"VAT ID": None})).legal_ids == {"Company ID": "7"}


def test_differences_name_each_field_with_its_values_before_and_after():
    moved = changed(
        ANNA, CustomerChanges(email=None, address=AddressChanges(city="Liepaja"), legal_ids={"Company ID": "7"})
    )

    assert list(differences(ANNA, moved)) == [
        Difference("address.city", "Riga", "Liepaja"),
        Difference("legal_ids.Company ID", None, "7"),
        Difference("email", "anna@x.example", None),
    ]
    assert list(differences(ANNA, ANNA)) == []


texts = st.text(max_size=3)
addresses = st.builds(Address, street=texts, city=texts, postal_code=texts, country=texts)
words = st.just(UNSET) | st.none() | texts


@given(addresses, st.builds(AddressChanges, street=words, city=words, postal_code=words, country=words))
def test_what_differs_is_what_was_named(address: Address, changes: AddressChanges):
    named = {name for name in changes.__struct_fields__ if getattr(changes, name) is not UNSET}
    after = changed(address, changes)
    assert {each.field for each in differences(address, after)} <= named
    assert all(getattr(after, name) == (getattr(changes, name) or "") for name in named)
    assert changed(after, changes) == after
