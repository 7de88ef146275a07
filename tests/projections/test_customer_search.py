"""A customer is found by what somebody says on the telephone, and not found any more once forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.party_changes import CustomerChanges
from commands.parties import ChangeCustomer, RegisterCustomer
from projections.customer_search import spelt_words_in, terms_of, wanted, words_in, words_of
from projections.parties import count_customers, list_customers
from tests.operators import Operator

PEOPLE = (
    Customer(
        number="C001", kind="person", name="Anna Kalniņa", email="anna.k@x.example", phone="+371 2000 0001",
        address=Address(street="Jūras iela 12", city="Rīga", postal_code="LV-1010", country="LV"),
    ),
    Customer(number="C002", kind="person", name="Jānis Bērziņš", phone="20000002",
             address=Address(street="Łąkowa 7", city="Gdańsk", postal_code="80-001", country="PL")),
    Customer(number="C003", kind="company", name="Северен кабел", legal_ids={"VAT ID": "BG 175074752"}),
    Customer(number="C004", kind="person", name="Ana Kalnina", address=Address(city="Liepāja")),
)  # fmt: skip


@pytest.fixture
def known(operator: Operator) -> Operator:
    for customer in PEOPLE:
        operator.tell(RegisterCustomer(customer=customer))
    return operator


def found(operator: Operator, text: str, after: str = "", limit: int = 10) -> list[str]:
    return [row.customer.number for row in operator.ask(list_customers, text, limit, after)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Kalniņa", ["C001", "C004"]),
        ("kalnina anna", ["C001", "C004"]),  # the exact one first, the one with a slip after it
        ("kalinna", ["C001", "C004"]),  # exchanged
        ("berzinsh", ["C002"]),  # one too many
        ("berzis", ["C002"]),  # one too few
        ("bersins", ["C002"]),  # another one
        ("bersinz", []),  # two slips
        ("северн", ["C003"]),
        ("СЕВЕРЕН КАБЕЛ", ["C003"]),
        ("kal", ["C001", "C004"]),
        ("nina", []),  # words are found by their beginning
        ("juras 12", ["C001"]),
        ("lakowa gdansk", ["C002"]),
        ("anna.k@x.example", ["C001"]),
        ("+371 20000001", ["C001"]),
        ("2000 0001", ["C001"]),
        ("020000002", ["C002"]),
        ("20000003", []),  # a number is exact
        ("lv1010", []),
        ("LV-1010", ["C001"]),
        ("80001", ["C002"]),
        ("80 001", ["C002"]),
        ("175074752", ["C003"]),
        ("c00", ["C001", "C002", "C003", "C004"]),
        ("%", []),
        ("_", []),
        (" ", []),
    ],
)
def test_a_text_finds_customers_by_what_is_known_of_them(known: Operator, text: str, numbers: list[str]):
    assert found(known, text) == numbers
    assert known.ask(count_customers, text) == len(numbers)


def test_a_list_goes_on_after_a_customer_found_by_a_slip_or_without(known: Operator):
    assert found(known, "anna kalnina", limit=1) == ["C001"]
    assert found(known, "anna kalnina", after="C001") == ["C004"]
    assert found(known, "anna kalnina", after="C004") == []
    assert known.ask(count_customers, "anna kalnina", "C001") == 1
    assert found(known, "c00", after="C002") == ["C003", "C004"]


def test_numbers_of_documents_and_accounts_and_codes_of_services_find_their_customer(known: Operator):
    known.subscriber("A0001")
    known.bill_each_due_date(date(2026, 3, 1))

    assert found(known, "1000000001") == ["A0001"]
    assert found(known, "A0001") == ["A0001"]
    assert found(known, "main") == ["A0001"]
    assert found(known, "1000000") == []


def test_a_changed_name_is_found_and_the_one_before_no_more(known: Operator):
    known.tell(ChangeCustomer(number="C001", changes=CustomerChanges(name="Zane Ozola", phone=None)))

    assert found(known, "ozola") == ["C001"]
    assert found(known, "anna kalnina") == ["C004"]
    assert found(known, "20000001") == []
    assert known.findings() == []


names = st.text(alphabet="abc", min_size=3, max_size=6)


def slips_of(word: str) -> set[str]:
    """All that one slip makes of a word."""
    places = range(len(word) + 1)
    return (
        {word[:place] + letter + word[place:] for place in places for letter in "abcd"}
        | {word[:place] + letter + word[place + 1 :] for place in places for letter in "abcd"}
        | {word[:place] + word[place + 1 :] for place in places}
        | {word[:place] + word[place : place + 2][::-1] + word[place + 2 :] for place in places}
    )


@given(names, names)
def test_one_slip_and_no_more_is_forgiven_in_a_word_of_the_name(name: str, asked: str):
    kept = set(terms_of(Customer(number="1", kind="person", name=name)))
    by_words = wanted(asked)
    assert by_words is not None
    nearly = by_words.parameters.get("nearly0", [])
    assert isinstance(nearly, list)
    if len(asked) >= 3:
        assert (not kept.isdisjoint(nearly)) == (asked == name or asked in slips_of(name))


@given(names, st.data())
def test_any_slip_is_forgiven(name: str, data: st.DataObject):
    slip = data.draw(st.sampled_from(sorted(each for each in slips_of(name) if len(each) >= 3)))
    by_words = wanted(slip)
    assert by_words is not None
    nearly = by_words.parameters["nearly0"]
    assert isinstance(nearly, list)
    assert set(nearly) & set(terms_of(Customer(number="1", kind="person", name=name))), slip


@given(text=st.text(alphabet=st.characters(max_codepoint=127)))
def test_a_text_of_ascii_letters_has_the_same_words_as_next_to_others(text: str):
    """It is read in a shorter way."""
    assert words_in(text) == words_in(f"{text} č")[:-1]
    assert spelt_words_in(text) == spelt_words_in(f"{text} č")[:-1]


def test_words_have_no_accents_and_no_signs():
    assert words_in("Jūras iela 1-12, Đorđe Œuvre STRASSE Straße") == [
        "juras", "iela", "1", "12", "dorde", "oeuvre", "strasse", "strasse",
    ]  # fmt: skip
    assert words_of(PEOPLE[1]) == " c002 janis berzins lakowa 7 gdansk 80 001 20000002 80001 "
