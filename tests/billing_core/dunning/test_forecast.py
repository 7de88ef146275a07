"""The forecast of a policy: the worked examples, what is learnt from past items, and what the fate depends on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.dunning.forecast import Fate, Paying, Played, foreseen, paying
from billing_core.dunning.habits import (
    BEFORE_ANY,
    NOBODY_PAYS,
    REMINDED,
    SUSPENDED,
    Habits,
    ObservedPayments,
    PastItem,
    share_pays,
)
from billing_core.dunning.ladder import Debtor
from billing_core.dunning.policies import (
    DaysFromDue,
    DunningPolicy,
    DunningStep,
    HandToCollection,
    Suspend,
    Terminate,
    WriteOff,
)
from billing_core.dunning.state import Dunning, Stop, TakenStep
from billing_core.dunning.suspensions import ServiceDunned
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.kernel.spans import Span
from billing_core.payments.ledger import OpenItem
from billing_core.time.due_dates import WITHOUT_HOLIDAYS

DUE_ON = date(2026, 3, 31)
FROM_APRIL = Span(date(2026, 4, 1), date(2026, 5, 31))
REMINDER = DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue")
SUSPEND = DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),))
POLICY = DunningPolicy(code="home", name="Households", currency="EUR", steps=(REMINDER, SUSPEND))


def day(month: int, day_of_month: int) -> date:
    return date(2026, month, day_of_month)


def with_steps(*steps: DunningStep) -> DunningPolicy:
    return DunningPolicy(code="home", name="Households", currency="EUR", steps=steps)


def played(
    items: Mapping[str, OpenItem] | None = None, dunning: Dunning | None = None, tolerance: int = 0,
    is_suspended: bool = False,
) -> Played:  # fmt: skip
    open_items = items or {"1": OpenItem(DUE_ON, Money(Decimal(100), "EUR"))}
    debtor = Debtor(open_items, dunning or Dunning(), Money(Decimal(20), "EUR"))
    return Played(debtor, {"net": ServiceDunned(tolerance, is_suspended)}, Money(Decimal(-100), "EUR"))


def fate(policy: DunningPolicy, account: Played, days: Span = FROM_APRIL) -> Fate:
    return foreseen(policy, account, days, WITHOUT_HOLIDAYS)


def paid(policy: DunningPolicy, account: Played, habits: Habits) -> Paying:
    return paying(policy, fate(policy, account), account.debtor, habits, FROM_APRIL)


def by_day(found: Paying) -> dict[date, Decimal]:
    return {
        FROM_APRIL.from_on + timedelta(days=number): part for number, part in enumerate(found.paid) if part
    }  # fmt: skip


# --- the fate if nothing is paid


def test_an_account_that_does_not_pay_is_warned_and_suspended_on_the_days_of_the_policy() -> None:
    found = fate(POLICY, played())
    assert [(each.on, each.step.code) for each in found.steps] == [(day(4, 7), "reminder"), (day(4, 21), "suspend")]
    assert (found.warned_on, found.suspended_on, found.terminated_on) == (day(4, 7), day(4, 21), None)


def test_a_service_with_a_longer_tolerance_is_suspended_later() -> None:
    assert fate(POLICY, played(tolerance=30)).suspended_on == day(5, 1)


def test_a_long_ladder_ends_with_termination_the_agency_and_the_write_off() -> None:
    policy = with_steps(
        REMINDER, SUSPEND,
        DunningStep(code="end", when=DaysFromDue(days=40), actions=(Terminate(reason="unpaid"),)),
        DunningStep(code="agency", when=DaysFromDue(days=45), actions=(HandToCollection(agency="inkaso"),)),
        DunningStep(code="write-off", when=DaysFromDue(days=50), actions=(WriteOff(reason="hopeless"),)),
    )  # fmt: skip
    found = fate(policy, played())
    assert (found.terminated_on, found.handed_over_on, found.written_off_on) == (day(5, 10), day(5, 15), day(5, 20))


def test_a_disputed_account_waits_for_the_end_of_the_dispute_and_is_suspended_after_it() -> None:
    disputed = Dunning(stops={"1": (Stop(day(4, 3), day(4, 13), "disputed", "amount"),)})
    assert fate(POLICY, played(dunning=disputed)).suspended_on == day(5, 1)


def test_a_pause_lets_a_suspended_service_return_and_its_end_suspends_it_again() -> None:
    taken: dict[str, tuple[TakenStep, ...]] = {"1": (TakenStep("suspend", day(3, 31), "non-payment"),)}
    paused = Dunning(taken, {"": (Stop(day(4, 10), day(4, 20), "paused", "ill"),)})
    found = fate(POLICY, played(dunning=paused, is_suspended=True))
    assert (found.returned_on, found.suspended_on) == (day(4, 10), day(4, 20))


def test_a_step_that_was_due_on_a_skipped_day_is_taken_on_the_next_one_that_is_not() -> None:
    weekdays = DunningPolicy(code="home", name="H", currency="EUR", steps=(REMINDER,), skips=("weekends",))
    saturday = Span(day(4, 11), day(4, 21))  # The reminder was due on Tuesday, 7 April.
    assert fate(weekdays, played(), saturday).warned_on == day(4, 13)


def test_nothing_is_foreseen_after_the_days_asked_for() -> None:
    assert fate(POLICY, played(), Span(day(4, 1), day(4, 21))).suspended_on is None
    assert fate(POLICY, played(), Span(day(4, 1), day(4, 22))).suspended_on == day(4, 21)


def test_what_an_account_was_played_with_stays_as_it_is() -> None:
    account = played()
    fate(with_steps(DunningStep(code="off", when=DaysFromDue(days=1), actions=(WriteOff(reason="small"),))), account)
    assert account == played()


# --- who pays


def test_two_fifths_of_those_who_owe_pay_five_days_after_each_step() -> None:
    found = paid(POLICY, played(), share_pays(Decimal(40), 5))
    assert by_day(found) == {day(4, 12): Decimal("0.4"), day(4, 26): Decimal("0.24")}
    assert found.owing[-1] == Decimal("0.36")


def test_nobody_pays_unless_a_habit_says_so() -> None:
    assert by_day(paid(POLICY, played(), NOBODY_PAYS)) == {}


def test_an_account_goes_on_in_the_habit_of_its_last_step() -> None:
    reminded = Dunning({"1": (TakenStep("reminder", day(3, 29)),)})
    assert by_day(paid(with_steps(REMINDER), played(dunning=reminded), share_pays(Decimal(50), 5))) == {
        day(4, 3): Decimal("0.5")
    }


def test_a_habit_before_any_step_is_counted_from_the_due_date() -> None:
    habits = Habits({BEFORE_ANY: {3: Decimal("0.25")}})
    assert by_day(paid(POLICY, played(), habits)) == {day(4, 3): Decimal("0.25")}


def test_what_is_written_off_is_not_paid() -> None:
    policy = with_steps(
        REMINDER, DunningStep(code="off", when=DaysFromDue(days=8), actions=(WriteOff(reason="small"),))
    )
    found = paid(policy, played(), share_pays(Decimal(50), 5))
    assert by_day(found) == {} and found.owing[-1] == 0


@pytest.mark.parametrize(
    ("percent", "days", "field"), [("100.1", 5, "percent"), ("-1", 5, "percent"), ("1", 0, "days")]
)
def test_a_share_that_cannot_be_is_refused(percent: str, days: int, field: str) -> None:
    with pytest.raises(InvalidValue, match=field):
        share_pays(Decimal(percent), days)


# --- what is learnt


JUNE = day(6, 30)


def learnt(*items: PastItem, today: date = JUNE) -> Habits:
    known = ObservedPayments(today)
    for item in items:
        known.add(item)
    return known.habits()


def past(paid_on: date | None, *taken: TakenStep) -> PastItem:
    return PastItem(day(3, 17), DUE_ON, paid_on, taken)


def test_those_who_paid_are_divided_by_those_who_still_owed() -> None:
    reminder = TakenStep("reminder", day(4, 7))
    last = TakenStep("last", day(4, 12))
    habits = learnt(past(day(4, 9), reminder), past(None, reminder, last), past(None, reminder), today=day(4, 10))
    assert habits.after[REMINDED] == {2: Decimal(1) / 3}


def test_an_item_leaves_those_who_owe_when_another_step_is_taken() -> None:
    first, second = TakenStep("reminder", day(4, 7)), TakenStep("suspend", day(4, 10), "non-payment")
    habits = learnt(past(day(4, 12), first), past(day(4, 12), first, second))
    assert habits.after[REMINDED] == {5: Decimal(1)}
    assert habits.after[SUSPENDED] == {2: Decimal(1)}


def test_most_pay_before_any_step_some_days_before_or_after_the_due_date() -> None:
    habits = learnt(past(day(3, 30)), past(day(4, 2)), past(day(4, 2)), past(None), today=day(4, 5))
    assert habits.after[BEFORE_ANY] == {-1: Decimal(1) / 4, 2: Decimal(2) / 3}


def test_a_payment_on_the_day_of_a_step_came_after_it() -> None:
    assert learnt(past(day(4, 7), TakenStep("reminder", day(4, 7)))).after[REMINDED] == {1: Decimal(1)}


def test_a_step_that_was_seen_often_has_a_habit_of_its_own() -> None:
    some = [past(day(4, 8), TakenStep("reminder", day(4, 7))) for _ in range(30)]
    rare = [past(None, TakenStep("rare", day(4, 7))) for _ in range(29)]
    habits = learnt(*some, *rare)
    assert habits.of("reminder", REMINDED) == {1: Decimal(1)}
    assert habits.of("rare", REMINDED) == {1: Decimal(30) / 59}


@given(st.lists(st.tuples(st.integers(-10, 40), st.lists(st.integers(1, 30), max_size=3, unique=True)), max_size=20))
def test_no_habit_ever_lets_more_pay_than_owe(items: list[tuple[int, list[int]]]) -> None:
    found = learnt(*(
        past(DUE_ON + timedelta(days=after), *(TakenStep("s", DUE_ON + timedelta(days=on)) for on in sorted(steps)))
        for after, steps in items
    ))  # fmt: skip
    assert all(0 < share <= 1 for habit in found.after.values() for share in habit.values())
