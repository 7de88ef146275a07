"""Consents: to which wording, since when, and when not any more."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.parties.consents import (
    ConsentEntry,
    ConsentPurpose,
    ConsentPurposePut,
    Consents,
    CustomerConsentGiven,
    CustomerConsentWithdrawn,
    apply_consent,
    apply_purpose,
    give_consent,
    put_purpose,
    withdraw_consent,
)

MARCH, MAY, TODAY = date(2026, 3, 3), date(2026, 5, 9), date(2026, 6, 1)
PURPOSE = ConsentPurpose(code="offers", name="Offers by e-mail", wording="We may send you offers.")
OFFERS = ConsentPurposePut(effective_on=MARCH, purpose=PURPOSE, version=2)


def given_on(on: date, wording: int = 1) -> CustomerConsentGiven:
    return CustomerConsentGiven(
        effective_on=on, customer="C1", purpose="offers", wording_version=wording, channel="web"
    )


def withdrawn_on(on: date) -> CustomerConsentWithdrawn:
    return CustomerConsentWithdrawn(effective_on=on, customer="C1", purpose="offers", channel="phone")


def test_another_wording_is_the_next_version_and_another_name_is_not():
    (first,) = put_purpose(None, PURPOSE, MARCH)
    assert isinstance(first, ConsentPurposePut) and first.version == 1
    assert put_purpose(first, PURPOSE, MAY) == []

    renamed = ConsentPurpose(code="offers", name="Offers", wording=PURPOSE.wording)
    reworded = ConsentPurpose(code="offers", name="Offers", wording="We may send you offers and news.")
    known = first
    for purpose, version in ((renamed, 1), (reworded, 2), (PURPOSE, 3)):
        (fact,) = put_purpose(known, purpose, MAY)
        assert isinstance(fact, ConsentPurposePut) and fact.version == version
        known = apply_purpose(known, fact) or fact


def test_a_wording_can_be_read():
    for wording in ("", "  ", "a\x00b", "a" * 4_001, "a" * 300 + "\x07"):
        with pytest.raises(InvalidValue, match="wording"):
            put_purpose(None, ConsentPurpose(code="offers", name="Offers", wording=wording), MARCH)
    assert put_purpose(None, ConsentPurpose(code="offers", name="Offers", wording="One line.\nAnother."), MARCH)


def test_a_consent_is_given_withdrawn_and_given_to_a_later_wording():
    consents: Consents = {}
    for fact in (given_on(MARCH), withdrawn_on(MAY), given_on(TODAY, 2)):
        events = (
            give_consent(consents, fact, OFFERS, TODAY)
            if isinstance(fact, CustomerConsentGiven)
            else withdraw_consent(consents, fact, TODAY)
        )
        assert events == [fact]
        consents = apply_consent(consents, fact)

    assert consents == {
        "offers": (
            ConsentEntry(on=MARCH, channel="web", wording_version=1),
            ConsentEntry(on=MAY, channel="phone"),
            ConsentEntry(on=TODAY, channel="web", wording_version=2),
        )
    }


def test_what_is_known_already_changes_nothing():
    given = apply_consent({}, given_on(MARCH))
    withdrawn = apply_consent(given, withdrawn_on(MAY))

    assert give_consent(given, given_on(MAY), OFFERS, TODAY) == []
    assert give_consent(given, given_on(MAY, 2), OFFERS, TODAY) == [given_on(MAY, 2)]
    assert withdraw_consent(withdrawn, withdrawn_on(TODAY), TODAY) == []
    assert withdraw_consent({}, withdrawn_on(MAY), TODAY) == [withdrawn_on(MAY)]  # Said without having agreed.


def test_a_consent_has_a_day_that_has_come_and_a_wording_that_exists():
    given = apply_consent({}, given_on(MAY))

    with pytest.raises(InvalidValue, match="must not be after 2026-06-01"):
        give_consent({}, given_on(date(2026, 6, 2)), OFFERS, TODAY)
    with pytest.raises(InvalidValue, match="an entry of 2026-05-09 is known"):
        withdraw_consent(given, withdrawn_on(date(2026, 5, 8)), TODAY)
    for wording in (0, 3):
        with pytest.raises(InvalidValue, match="wordings 1 to 2"):
            give_consent({}, given_on(MAY, wording), OFFERS, TODAY)


steps = st.lists(st.tuples(st.dates(date(2026, 1, 1), TODAY), st.integers(0, 2)), max_size=12)


@given(steps)
def test_a_history_is_in_the_order_of_its_days_and_says_nothing_twice(wanted: list[tuple[date, int]]):
    consents: Consents = {}
    for on, wording in sorted(wanted, key=lambda step: step[0]):
        if wording:
            events = give_consent(consents, given_on(on, wording), OFFERS, TODAY)
        else:
            events = withdraw_consent(consents, withdrawn_on(on), TODAY)
        for fact in events:
            assert isinstance(fact, CustomerConsentGiven | CustomerConsentWithdrawn)
            consents = apply_consent(consents, fact)

    history = consents.get("offers", ())
    versions = [entry.wording_version for entry in history]
    assert [entry.on for entry in history] == sorted(entry.on for entry in history)
    assert all(before != after for before, after in pairwise(versions))
