"""Rules of kiosks: terms, limits, the first answer, and registers that are compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.money import Money
from billing_core.kiosks.connections import (
    Kiosk,
    KioskChanged,
    KioskCurrency,
    KioskTerms,
    change_kiosk,
    connect_kiosk,
    is_allowed_from,
    switch_kiosk,
)
from billing_core.kiosks.registers import Register, compare
from billing_core.kiosks.transactions import (
    KioskPaymentAsked,
    counted_on,
    number_of,
    refusal_of,
    require_transaction,
    shown_key,
)

TODAY = date(2026, 3, 2)
EUR = (KioskCurrency(from_on=date(2026, 1, 1), currency="EUR"),)
TERMS = KioskTerms(
    protocol="osmp", seller="north", currencies=EUR, user="terminal", least=Decimal(1), most=Decimal(500)
)
HALL = Kiosk("hall", TERMS)


def changed(**terms: Any) -> KioskTerms:
    return KioskTerms(**{name: getattr(TERMS, name) for name in TERMS.__struct_fields__} | terms)


def asked(amount: str, paid_on: date = TODAY) -> KioskPaymentAsked:
    money = Money(Decimal(amount), "EUR")
    return KioskPaymentAsked(transaction="17", typed="1001", amount=money, paid_on=paid_on)


def test_a_connection_is_connected_once():
    (fact,) = connect_kiosk(None, "hall", TERMS, TODAY)

    assert connect_kiosk(HALL, "hall", TERMS, TODAY) == []
    with pytest.raises(RuleViolation, match="is taken already"):
        connect_kiosk(HALL, "hall", changed(least=None), TODAY)
    assert fact.effective_on == TODAY


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (changed(currencies=()), "must name one at least"),
        (changed(currencies=(*EUR, *EUR)), "in the order of their days"),
        (changed(currencies=(KioskCurrency(from_on=TODAY, currency="BGN"),)), "unknown currency"),
        (changed(currencies=(KioskCurrency(from_on=TODAY, currency="EUR", digits=4),)), "0 to 3 digits"),
        (changed(networks=("198.51.100.7/24",)), "is no network"),
        (changed(most=Decimal("0.50")), "is less than the least"),
        (changed(least=Decimal(0)), "must be more than zero"),
        (changed(least=Decimal("0.001")), "decimals"),
        (changed(user=""), "user"),
    ],
)
def test_terms_by_which_nothing_can_be_taken_are_refused(terms: KioskTerms, message: str):
    with pytest.raises(BillingError, match=message):
        connect_kiosk(None, "hall", terms, TODAY)


@pytest.mark.parametrize("code", ["", "Hall", "a:b", "a/b", "x" * 31])
def test_a_name_that_would_part_streams_is_refused(code: str):
    with pytest.raises(InvalidValue):
        connect_kiosk(None, code, TERMS, TODAY)


def test_protocol_and_seller_stay():
    more = changed(most=Decimal(900))
    assert change_kiosk(HALL, more, TODAY) == [KioskChanged(effective_on=TODAY, kiosk="hall", terms=more)]
    for other in (changed(protocol="epay"), changed(seller="south")):
        with pytest.raises(RuleViolation, match="stays with its protocol and seller"):
            change_kiosk(HALL, other, TODAY)


def test_to_switch_off_what_is_off_changes_nothing():
    off = Kiosk("hall", TERMS, is_on=False)
    assert switch_kiosk(off, is_on=False, reason="again", on=TODAY) == []
    assert len(switch_kiosk(HALL, is_on=False, reason="is moved", on=TODAY)) == 1


@pytest.mark.parametrize(
    ("payment", "verdict"),
    [
        (asked("0.99"), "too-small"),
        (asked("1.00"), None),
        (asked("500.00"), None),
        (asked("500.01"), "too-large"),
        (asked("12.50", date(2026, 2, 27)), None),
        (asked("12.50", date(2026, 2, 26)), "late"),
        (asked("12.50", date(2026, 3, 4)), "refused"),
    ],
)
def test_a_payment_keeps_to_the_terms(payment: KioskPaymentAsked, verdict: str | None):
    refusal = refusal_of(HALL, payment, TODAY)
    assert (refusal and refusal.verdict) == verdict


def test_without_limits_a_payment_is_more_than_nothing():
    free = Kiosk("hall", changed(least=None, most=None))
    assert refusal_of(free, asked("0.01"), TODAY) is None
    assert refusal_of(free, asked("0.00"), TODAY) is not None


def test_a_clock_that_is_minutes_ahead_dates_nothing_ahead():
    assert [counted_on(date(2026, 3, day), TODAY).day for day in (1, 2, 3, 4)] == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("typed", "key", "shown"),
    [("1001", "account", "1001"), ("Jana Novakova", "account", ""), ("+420 601 123 456", "phone", "...456"),
     ("x", "phone", "...")],
)  # fmt: skip
def test_what_tells_of_a_person_is_not_kept(typed: str, key: Any, shown: str):
    assert shown_key(typed, key) == shown


@given(st.text(max_size=80))
def test_our_number_has_18_digits_and_is_always_the_same(transaction: str):
    number = number_of("hall", transaction)
    assert len(number) == 18 and number.isdigit() and number == number_of("hall", transaction)
    assert number != number_of("yard", transaction)


@pytest.mark.parametrize("transaction", ["", "a:b", "a b", "é", "1" * 65])
def test_an_id_that_would_part_streams_is_refused(transaction: str):
    with pytest.raises(InvalidValue):
        require_transaction(transaction)


@pytest.mark.parametrize(
    ("networks", "address", "is_allowed"),
    [((), "203.0.113.9", True), (("198.51.100.0/24",), "198.51.100.7", True),
     (("198.51.100.0/24",), "203.0.113.9", False), (("198.51.100.0/24",), "unknown", False),
     (("198.51.100.0/24", "2001:db8::/32"), "2001:db8::1", True)],
)  # fmt: skip
def test_messages_come_from_the_allowed_networks(networks: tuple[str, ...], address: str, is_allowed: bool):
    assert is_allowed_from(networks, address) is is_allowed


# --- registers


def register(theirs: Mapping[str, Money]) -> Register:
    return Register(kiosk="hall", register_on=TODAY, file="ab", currency="EUR", amounts=theirs)


def money(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_registers_differ_in_three_ways():
    theirs = {"17": money("12.50"), "18": money("20.00"), "19": money("5.00")}
    ours = {"17": money("12.50"), "18": money("25.00"), "20": money("8.00")}

    compared = compare(register(theirs), ours, TODAY)

    assert (compared.lines, compared.amount, compared.agreed) == (3, money("37.50"), 1)
    assert [(each.transaction, each.kind) for each in compared.differences] == [
        ("18", "amounts-differ"), ("19", "theirs-alone"), ("20", "ours-alone")
    ]  # fmt: skip


amounts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3).map(lambda cents: money(f"0.0{cents}")))


@given(amounts, amounts)
def test_what_agrees_and_what_differs_is_all_there_is(theirs: dict[str, Money], ours: dict[str, Money]):
    compared = compare(register(theirs), ours, TODAY)
    differing = {each.transaction for each in compared.differences}
    assert len(differing) == len(compared.differences)
    assert compared.agreed + len(differing) == len({*theirs, *ours})
    for each in compared.differences:
        assert (each.theirs, each.ours) == (theirs.get(each.transaction), ours.get(each.transaction))
        assert each.theirs != each.ours
