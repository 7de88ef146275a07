"""The calendar of tries, and which items a stored card is charged with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.cards.on_account import (
    AccountCard,
    CardChargeBegun,
    CardChargeEnded,
    CardStored,
    ChargeOutcome,
    apply_account_card,
    items_to_charge,
    last_day_of,
)
from billing_core.cards.terms import CardTerms, CardTermsSet, is_final, next_try_on, set_card_terms
from billing_core.kernel.errors import InvalidValue

TERMS = CardTerms()
FIRST = date(2026, 1, 30)


def test_the_worked_example_crosses_the_end_of_a_month():
    found, next_on = list[date](), next_try_on(TERMS, FIRST, FIRST)
    while next_on is not None:
        found.append(next_on)
        next_on = next_try_on(TERMS, FIRST, next_on)
    assert found == [date(2026, 1, 31), date(2026, 2, 2), date(2026, 2, 6)]


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 2, 5), date(2026, 2, 6)), (date(2026, 2, 6), None), (date(2027, 1, 1), None)]
)
def test_days_that_were_missed_are_not_made_up_for(today: date, expected: date | None):
    assert next_try_on(TERMS, FIRST, today) == expected


@given(st.lists(st.integers(1, 60), unique=True, max_size=12).map(sorted), st.lists(st.integers(0, 90), max_size=30))
def test_there_are_never_more_tries_than_the_calendar_has_whatever_the_clock_does(days: list[int], jumps: list[int]):
    """The clock jumps to any day after the first refusal, also back; each try that is due fails."""
    terms, state, tries = CardTerms(retry_days=tuple(days)), stored(), 0
    for jump in [0, *jumps]:
        today = FIRST + timedelta(days=jump)
        items = items_to_charge(state, {"17": FIRST}, terms, today)
        if items:
            tries += 1
            first = state.first_failed_on or today
            fail(state, f"A-{tries}", items, today, next_try_on(terms, first, today))
    assert 1 <= tries <= 1 + len(days)


def stored(expires: str = "2029-12") -> AccountCard:
    state = apply_account_card(None, CardStored(effective_on=FIRST, account="A", customer="C", gateway="g",
                                                payment_method="pm", expires=expires))  # fmt: skip
    assert state is not None
    return state


def fail(
    state: AccountCard, name: str, items: tuple[str, ...], on: date, next_on: date | None,
    outcome: ChargeOutcome = "failed",
) -> None:  # fmt: skip
    apply_account_card(state, CardChargeBegun(effective_on=on, card_payment=name, way="stored", invoices=items))
    apply_account_card(state, CardChargeEnded(effective_on=on, card_payment=name, outcome=outcome, next_try_on=next_on))


def test_after_the_last_try_only_what_is_new_is_charged():
    state, later = stored(), date(2026, 2, 20)
    fail(state, "A-1", ("17",), FIRST, None)

    assert items_to_charge(state, {"17": FIRST}, TERMS, later) == ()
    assert items_to_charge(state, {"17": FIRST, "18": later}, TERMS, later) == ("18",)


def test_while_a_charge_is_under_way_nothing_else_is_charged_but_a_forgotten_page_holds_up_for_a_day_only():
    state = stored()
    apply_account_card(state, CardChargeBegun(effective_on=FIRST, card_payment="A-1", way="stored", invoices=()))
    assert items_to_charge(state, {"17": FIRST}, TERMS, FIRST + timedelta(90)) == ()

    state = stored()
    apply_account_card(state, CardChargeBegun(effective_on=FIRST, card_payment="A-1", way="page", invoices=()))
    days = [bool(items_to_charge(state, {"17": FIRST}, TERMS, FIRST + timedelta(day))) for day in range(3)]
    assert days == [False, False, True]


def test_a_card_is_valid_through_the_last_day_of_its_month():
    assert last_day_of("2028-02") == date(2028, 2, 29)
    state = stored("2026-02")
    assert items_to_charge(state, {"17": FIRST}, TERMS, date(2026, 2, 28)) == ("17",)
    assert items_to_charge(state, {"17": FIRST}, TERMS, date(2026, 3, 1)) == ()


def test_a_success_that_came_late_forgets_the_failed_tries():
    state = stored()
    fail(state, "A-1", ("17",), FIRST, None, "refused for good")
    assert state.is_stopped
    apply_account_card(state, CardChargeEnded(effective_on=FIRST, card_payment="A-1", outcome="succeeded"))
    assert items_to_charge(state, {"18": FIRST}, TERMS, FIRST) == ("18",)


@pytest.mark.parametrize("days", [(3, 1), (1, 1), (0,), (61,)])
def test_a_calendar_that_makes_no_sense_is_refused(days: tuple[int, ...]):
    with pytest.raises(InvalidValue, match="more than the one before"):
        set_card_terms(None, CardTermsSet(effective_on=FIRST, seller="n", terms=CardTerms(retry_days=days)))


def test_a_final_refusal_is_known_by_its_code():
    assert is_final(TERMS, "stolen_card") and not is_final(TERMS, "insufficient_funds")
