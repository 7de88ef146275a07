"""What becomes of a remittance: whatever is done in whatever order, its money is the sum of its parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.guesses import (
    AccountInQuestion,
    MeantNumber,
    Waiting,
    numbers_at_the_end,
    numbers_mixed_up,
    ranked,
)
from billing_core.payments.matching import OpenItem
from billing_core.payments.remittances import (
    Remittance,
    RemittanceAct,
    RemittanceReceived,
    amount_of_act,
    apply_remittance,
    assign,
    give_back,
    keep,
    parts_of_act,
    payment_of,
    split_over,
    undo,
)

NAME, ON = "bank:17", date(2026, 1, 20)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def received(amount: str = "24.00") -> Remittance:
    fact = RemittanceReceived(effective_on=ON, sender=f"remittance {NAME}", source="bank", reference="17",
                              amount=eur(amount))  # fmt: skip
    return Remittance(fact)


def after(state: Remittance, *facts: object) -> Remittance:
    for fact in facts:
        state = apply_remittance(state, fact)  # type: ignore[assignment,arg-type]
    return state


def test_parts_are_payments_with_ids_of_their_own_and_claims():
    state = received()
    split = split_over(state, [("A1", eur("10.00")), ("A2", eur("14.00"))])

    first, second = (payment_of(state.received, part, "C1") for part in split.parts)

    assert (first.payment, first.amount, first.effective_on) == ("bank:17.1", eur("10.00"), ON)
    assert [claim.key for claim in (*first.claims("account/A1"), *second.claims("account/A2"))] == [
        "bank:17.1", "bank:17.2",
    ]  # fmt: skip
    whole = payment_of(state.received, parts_of_act(assign(state, "A1"), NAME)[0], "C1")
    assert (whole.payment, whole.claims("account/A1")) == (NAME, ())


def test_what_waits_after_a_split_is_a_further_part():
    state = after(received(), split_over(received(), [("A1", eur("10.00"))], rest_waits=True))

    rest = assign(state, "A2")

    assert [(part.payment, part.amount) for part in parts_of_act(rest, NAME)] == [("bank:17.2", eur("14.00"))]


def test_parts_that_were_undone_leave_their_numbers():
    state = after(received(), split_over(received(), [("A1", eur("24.00"))]))
    state = after(state, undo(state, "wrong")[1])

    assert [part.payment for part in split_over(state, [("A2", eur("24.00"))]).parts] == ["bank:17.2"]


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ([("A1", eur("10.00"))], RuleViolation, "the parts leave 14.00 EUR of 24.00 EUR"),
        ([("A1", eur("25.00"))], RuleViolation, "the parts are 1.00 EUR more than the 24.00 EUR that wait"),
        ([("A1", eur("12.00")), ("A1", eur("12.00"))], InvalidValue, "stands there twice"),
        ([("A1", eur("0.00")), ("A2", eur("24.00"))], InvalidValue, "must be more than zero"),
        ([("A1", Money(Decimal("24.00"), "CZK"))], InvalidValue, "the money is in EUR"),
        ([], InvalidValue, "are missing"),
    ],
)
def test_parts_that_are_not_the_money_are_refused(parts, error, message):
    with pytest.raises(error, match=message):
        split_over(received(), parts)


def test_nothing_is_undone_twice():
    state = after(received(), *give_back(received(), "no customer", ON))
    state = after(state, undo(state, "found")[1])

    with pytest.raises(RuleViolation, match="nothing was done with it yet"):
        undo(state, "again")


ACTS = st.sampled_from(["assign", "split", "part", "give back", "keep", "undo"])


@given(st.lists(st.tuples(ACTS, st.integers(1, 2400)), max_size=12))
def test_any_order_of_acts_keeps_the_sum_and_undoing_all_of_them_leaves_all_waiting(acts):
    state, payments = received(), list[str]()
    for act, cents in acts:
        amount = Money(Decimal(cents) / 100, "EUR")
        try:
            match act:
                case "assign":
                    facts: list[Event] = [assign(state, "A1")]
                case "split":
                    facts = [split_over(state, [("A1", amount), ("A2", state.waiting - amount)])]
                case "part":
                    facts = [split_over(state, [("A3", amount)], rest_waits=True)]
                case "give back":
                    facts = give_back(state, "no customer", ON)
                case "keep":
                    facts = keep(state, "other", "none", ON)
                case _:
                    facts = [undo(state, "wrong")[1]]
        except BillingError:
            continue
        state = after(state, *facts)
        payments += [part.payment for fact in facts if isinstance(fact, RemittanceAct)
                     for part in parts_of_act(fact, NAME)]  # fmt: skip
        taken = total((amount_of_act(each) for _, each in state.acts), "EUR")
        assert state.waiting + taken == eur("24.00")
        assert zero("EUR") <= state.waiting
    parts = [payment for payment in payments if payment != NAME]
    assert len(set(parts)) == len(parts)
    while state.acts:
        state = after(state, undo(state, "all of it")[1])
    assert state.waiting == eur("24.00")


# --- guesses

MONEY = Waiting(amount=eur("46.13"), received_on=date(2026, 6, 10), payer_account="1/0800", payer="VRABCOVA JARMILA",
                reference="26005291")  # fmt: skip
OWING = AccountInQuestion(
    account="104217-1", customer="104217", name="Jarmila Vrabcová", balance=eur("-46.13"),
    open_items=(OpenItem("26005219", Decimal("46.13")),), paid_before=58, likeness=100, days=(12, 11, 12, 13),
    meant=MeantNumber(number="26005219", likeness="mixed-up"),
)  # fmt: skip
OTHER = AccountInQuestion(account="105291-1", customer="105291", name="Jiří Čejka", balance=eur("-9.90"), likeness=30,
                          meant=MeantNumber(number="105291", likeness="ends-in"))  # fmt: skip


def test_the_account_with_more_and_stronger_signs_is_the_first_guess():
    first, second = ranked(MONEY, [OTHER, OWING])

    assert (first.account, first.weight, first.agreeing, len(first.signs), first.invoice) == (
        "104217-1", 15, 5, 5, "26005219",
    )  # fmt: skip
    assert (second.account, second.weight, second.agreeing, len(second.signs)) == ("105291-1", 2, 1, 4)


def test_a_day_is_near_over_the_end_of_a_month_too():
    late = Waiting(amount=MONEY.amount, received_on=date(2026, 6, 30))
    account = AccountInQuestion(account="A", customer="C", name="", balance=eur("0.00"), days=(1, 2, 1),
                                open_items=OWING.open_items)  # fmt: skip

    (guess,) = ranked(late, [account])

    assert [(sign.code, sign.agrees) for sign in guess.signs] == [("amount", True), ("day", True)]


@given(st.permutations([OWING, OTHER, AccountInQuestion(account="B", customer="B", name="B", balance=eur("0.00"))]))
def test_the_order_in_which_accounts_are_found_does_not_matter_and_nothing_speaks_for_is_no_guess(accounts):
    assert [guess.account for guess in ranked(MONEY, accounts)] == ["104217-1", "105291-1"]


@given(st.integers(10_000, 999_999_999).map(str))
def test_numbers_with_a_slip_lead_back_to_the_number(number):
    mixed = numbers_mixed_up(number)

    assert number not in mixed
    assert len(mixed) <= 300
    assert all(number in numbers_mixed_up(each) for each in mixed if len(each) >= 5)
    assert numbers_mixed_up(number, only_neighbours=True) <= mixed


def test_two_digits_that_are_exchanged_are_a_slip_and_a_short_number_has_none():
    assert "26005219" in numbers_mixed_up("26005291")
    assert numbers_mixed_up("1234") == numbers_mixed_up("A1234") == frozenset()
    assert numbers_at_the_end("26105291")[:3] == ("6105291", "105291", "5291")
