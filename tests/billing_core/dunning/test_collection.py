"""Items in collection, limitation dates, calls, and the VAT in what is written off: the worked examples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing_core.dunning.calls import (
    USUAL_RESULTS,
    CallNoted,
    CallResult,
    WantedCall,
    closed_by_payment,
    note_call,
    set_results,
    want_call,
)
from billing_core.dunning.collection import (
    AgencyFeeNoted,
    Batches,
    BatchItem,
    CollectionBatchDrawnUp,
    HandedToCollection,
    NextFile,
    agency_fee,
    apply_batches,
    correct_fee,
    draw_up,
    hand_over,
    not_listed,
    take_back,
)
from billing_core.dunning.ladder import Debtor, Ladder
from billing_core.dunning.limitation import (
    STATUTORY,
    LimitationTerm,
    Renewal,
    lapsed_if_acknowledged_by,
    lapsed_if_due_by,
    lapses_on,
    set_term,
)
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend
from billing_core.dunning.state import FOLDS, Dunning
from billing_core.dunning.suspensions import ServiceDunned, suspensions_wanted
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.payments.events import TaxPart
from billing_core.payments.giving_back import tax_given_up
from billing_core.payments.ledger import OpenItem
from billing_core.time.due_dates import WITHOUT_HOLIDAYS

DUE_ON = date(2026, 3, 31)
ON = date(2026, 5, 10)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


OPEN = {"7": OpenItem(DUE_ON, euros("40.00")), "8": OpenItem(ON, euros("9.00"))}
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),)),
        DunningStep(code="letter", when=DaysFromDue(days=30), message="overdue"),
    ),
)  # fmt: skip


# --- collection


def test_an_item_in_collection_climbs_no_further_and_still_suspends() -> None:
    dunning = Dunning()
    debtor = Debtor({"7": OPEN["7"]}, dunning, euros("20.00"))
    suspended_on, later_on = date(2026, 4, 21), date(2026, 6, 1)
    for fact in Ladder(POLICY, WITHOUT_HOLIDAYS).due_steps(debtor, suspended_on):
        FOLDS[type(fact)](dunning, fact)
    for handed in hand_over({}, OPEN, ["7"], "rapid", ON):
        FOLDS[type(handed)](dunning, handed)
    assert Ladder(POLICY, WITHOUT_HOLIDAYS).due_steps(debtor, later_on) == []
    wanted = suspensions_wanted(POLICY, debtor, {"net": ServiceDunned(0, is_suspended=True)}, euros("-40.00"), later_on)
    assert wanted == {"net": "non-payment"}
    for taken_back in take_back(dunning.debts.collected, ["7"], "pays", ON):
        FOLDS[type(taken_back)](dunning, taken_back)
    assert [fact.step for fact in Ladder(POLICY, WITHOUT_HOLIDAYS).due_steps(debtor, later_on)] == ["letter"]


def test_only_open_overdue_items_that_no_agency_has_are_handed_over() -> None:
    with pytest.raises(NotFound, match="no open invoice"):
        hand_over({}, OPEN, ["9"], "rapid", ON)
    with pytest.raises(RuleViolation, match="not overdue"):
        hand_over({}, OPEN, ["8"], "rapid", ON)
    with pytest.raises(RuleViolation, match="by agency other already"):
        hand_over({"7": "other"}, OPEN, ["7"], "rapid", ON)
    with pytest.raises(NotFound, match="no agency collects"):
        take_back({}, ["7"], "pays", ON)


def test_files_are_numbered_and_remember_what_stands_on_them_around_their_day() -> None:
    def item(invoice: str, handed_on: date) -> BatchItem:
        return BatchItem(account="A1", invoice=invoice, handed_on=handed_on, due_on=DUE_ON, open=euros("40.00"))

    (first,) = draw_up(None, "rapid", NextFile([item("7", date(2026, 5, 8)), item("6", ON)]), ON)
    assert isinstance(first, CollectionBatchDrawnUp)
    assert (first.number, [listed.invoice for listed in first.items]) == (1, ["6", "7"])
    known = apply_batches(None, first)
    assert known is not None and known.recent == {"rapid/2026-05-10/A1/6"}
    (second,) = draw_up(known, "rapid", NextFile([item("9", ON)]), ON)
    assert isinstance(second, CollectionBatchDrawnUp) and second.number == 2
    with pytest.raises(RuleViolation, match="nothing since its last file"):
        draw_up(known, "rapid", NextFile([]), ON)


def test_an_item_is_listed_by_its_newest_hand_over_once() -> None:
    earlier, later = "rapid/2026-05-09/A1/7", "rapid/2026-05-10/A1/7"
    assert not_listed(None, [earlier, "rapid/2026-05-09/A1/8", later]) == [later, "rapid/2026-05-09/A1/8"]
    assert not_listed(Batches(1, ON, recent=frozenset([later])), [earlier, later]) == []
    assert not_listed(Batches(1, ON, recent=frozenset([earlier])), [earlier, later]) == [later]
    assert not_listed(Batches(1, ON, held=frozenset([earlier])), []) == [earlier]
    assert not_listed(Batches(1, ON, held=frozenset([earlier])), [later]) == [later]


def fee_of(amount: str, agency: str = "rapid", invoice: str = "7") -> AgencyFeeNoted:
    return AgencyFeeNoted(effective_on=ON, agency=agency, payment="agency/rapid:1", invoice=invoice, fee=euros(amount))


def test_the_fee_is_of_the_agency_that_has_the_item_and_at_most_what_was_paid() -> None:
    paid = euros("40.00")
    assert agency_fee({"7": "rapid"}, fee_of("40.00"), paid) == [fee_of("40.00")]
    assert agency_fee({"7": "rapid"}, fee_of("0.00"), paid) == []
    with pytest.raises(RuleViolation, match="collected by agency rapid"):
        agency_fee({"7": "rapid"}, fee_of("8.00", "slow"), paid)
    with pytest.raises(RuleViolation, match=r"more than the 40\.00 EUR that were paid"):
        agency_fee({"7": "rapid"}, fee_of("40.01"), paid)
    with pytest.raises(InvalidValue, match="negative"):
        agency_fee({"7": "rapid"}, fee_of("-1.00"), paid)


def test_another_fee_of_a_payment_takes_the_place_of_the_one_before() -> None:
    paid, known = euros("40.00"), fee_of("8.00")
    assert correct_fee(known, fee_of("8.00"), paid) == []
    (corrected,) = correct_fee(known, fee_of("0.00", invoice="9"), paid)
    assert corrected == msgspec.structs.replace(fee_of("0.00"), before=euros("8.00"))
    with pytest.raises(RuleViolation, match="that were paid"):
        correct_fee(known, fee_of("40.01"), paid)


def test_a_hand_over_claims_its_items_by_agency_and_day() -> None:
    (handed,) = hand_over({}, OPEN, ["7"], "rapid", ON)
    assert isinstance(handed, HandedToCollection)
    assert [claim.key for claim in handed.claims("account/A1")] == ["rapid/2026-05-10/A1/7"]


# --- limitation


@pytest.mark.parametrize(
    ("country", "renewal", "expected"),
    [
        ("CZ", None, date(2029, 4, 1)),
        ("CZ", Renewal(date(2026, 6, 10), "acknowledged"), date(2036, 6, 11)),
        ("CZ", Renewal(date(2026, 6, 10), "filed"), None),
        ("DE", None, date(2030, 1, 1)),
        ("PL", None, date(2030, 1, 1)),
    ],
)
def test_an_item_lapses_by_the_term_of_the_country(country: str, renewal: Renewal | None, expected: date) -> None:
    assert lapses_on(DUE_ON, renewal, STATUTORY[country]) == expected


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.dates(date(2024, 1, 1), date(2040, 12, 31)),
       st.integers(1, 5), st.sampled_from(["due", "year-end"]))  # fmt: skip
@example(date(2024, 2, 29), date(2027, 3, 1), 3, "due")
@example(date(2025, 2, 28), date(2028, 2, 29), 3, "due")
def test_what_lapses_by_a_day_is_what_was_due_or_acknowledged_by_the_day_that_is_reckoned_back(
    on: date, until_on: date, years: int, counts_from: Any
) -> None:
    term = LimitationTerm(years=years, counts_from=counts_from, years_acknowledged=years + 1)
    lapses, renewed = lapses_on(on, None, term), lapses_on(on, Renewal(on, "acknowledged"), term)
    assert lapses is not None and renewed is not None
    assert (lapses <= until_on) == (on <= lapsed_if_due_by(until_on, term))
    assert (renewed <= until_on) == (on <= lapsed_if_acknowledged_by(until_on, term))


def test_an_item_due_on_29_february_lapses_on_1_march() -> None:
    assert lapses_on(date(2028, 2, 29), None, STATUTORY["CZ"]) == date(2031, 3, 1)


def test_a_term_is_of_one_year_at_least() -> None:
    with pytest.raises(InvalidValue):
        set_term(None, "north", LimitationTerm(years=0, years_acknowledged=3), ON)


# --- calls


def noted(result: str, next_try_on: date | None = None) -> CallNoted:
    return CallNoted(effective_on=ON, customer="C1", result=result, next_try_on=next_try_on)


def test_the_next_try_is_that_of_the_result_unless_another_day_was_agreed() -> None:
    call = WantedCall(ON, ON)
    assert note_call(call, USUAL_RESULTS, noted("not-reached"), ON) == [noted("not-reached", date(2026, 5, 11))]
    assert note_call(call, USUAL_RESULTS, noted("wrong-number"), ON) == [noted("wrong-number")]
    agreed = noted("reached-promises", date(2026, 5, 15))
    assert note_call(call, USUAL_RESULTS, agreed, ON) == [agreed]
    with pytest.raises(InvalidValue, match="must be one of reached-promises"):
        note_call(call, USUAL_RESULTS, noted("hung-up"), ON)
    with pytest.raises(InvalidValue, match="before today"):
        note_call(call, USUAL_RESULTS, noted("not-reached", date(2026, 5, 9)), ON)
    with pytest.raises(NotFound, match="not on the list"):
        note_call(None, USUAL_RESULTS, noted("not-reached"), ON)


def test_an_account_is_on_the_list_once_and_leaves_it_when_nothing_is_overdue() -> None:
    assert want_call(WantedCall(ON, ON), "again", ON) == []
    assert closed_by_payment(WantedCall(ON, ON), is_overdue=True, on=ON) == []
    assert closed_by_payment(None, is_overdue=False, on=ON) == []
    (closed,) = closed_by_payment(WantedCall(ON, ON), is_overdue=False, on=ON)
    assert closed.effective_on == ON


def test_results_have_codes_of_their_own() -> None:
    twice = (CallResult(code="a", name="A"), CallResult(code="a", name="B"))
    with pytest.raises(InvalidValue, match="code of two results"):
        set_results(USUAL_RESULTS, twice, ON)
    assert set_results(USUAL_RESULTS, USUAL_RESULTS, ON) == []


# --- the VAT in what is written off

INVOICE = (
    TaxPart(rate=Decimal(12), base=euros("50.00"), vat=euros("6.00")),
    TaxPart(rate=Decimal(21), base=euros("100.00"), vat=euros("21.00")),
)


def test_a_part_that_is_written_off_holds_base_and_vat_in_the_proportion_of_the_invoice() -> None:
    assert tax_given_up(INVOICE, euros("0.00"), euros("59.00")) == (
        TaxPart(rate=Decimal(12), base=euros("16.67"), vat=euros("2.00")),
        TaxPart(rate=Decimal(21), base=euros("33.33"), vat=euros("7.00")),
    )
    assert tax_given_up(INVOICE, euros("0.00"), euros("177.00")) == INVOICE


@given(st.lists(st.integers(1, 5_900), min_size=1, max_size=3))
def test_parts_written_off_one_after_the_other_hold_what_they_would_hold_at_once(cents: list[int]) -> None:
    before, parts = euros("0.00"), list[tuple[TaxPart, ...]]()
    for part in cents:
        amount = euros(Decimal(part) / 100)
        parts.append(tax_given_up(INVOICE, before, amount))
        before = before + amount
    sums = tuple(
        TaxPart(
            rate=same[0].rate,
            base=euros(sum((part.base.amount for part in same), Decimal(0))),
            vat=euros(sum((part.vat.amount for part in same), Decimal(0))),
        )
        for same in zip(*parts, strict=True)
    )
    assert sums == tax_given_up(INVOICE, euros("0.00"), before)
    assert sum(part.base.amount + part.vat.amount for part in sums) == before.amount
