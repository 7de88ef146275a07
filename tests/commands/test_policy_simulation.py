"""Another dunning policy on the live base: figures worked out by hand, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.dunning.forecast import Played, foreseen
from billing_core.dunning.habits import BEFORE_ANY, NOBODY_PAYS, REMINDED, Habits, share_pays
from billing_core.dunning.ladder import Debtor
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, StepFee, Suspend
from billing_core.dunning.state import Dunning, Stop, TakenStep
from billing_core.dunning.suspensions import ServiceDunned
from billing_core.kernel.money import total
from billing_core.kernel.spans import Span
from billing_core.payments.ledger import OpenItem
from billing_core.promises import PromiseTerms
from billing_core.time.due_dates import WITHOUT_HOLIDAYS
from commands.dunning.policies import PublishDunningPolicy
from commands.dunning.stops import DisputeItem
from commands.policy_simulation.effect import AccountForeseen, DayTotals, PolicyEffect
from commands.policy_simulation.fate_keys import fate_key
from commands.policy_simulation.simulation import Question
from commands.promises import OpenPromise, SetPromiseTerms
from tests.operators import Operator, bank_row, eur, silent

FEE = StepFee(amount=Decimal("2.00"), description="Reminder")
REMINDER = DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue")
IN_FORCE = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(REMINDER, DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(),))),
)  # fmt: skip
STRICTER = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue", fee=FEE),
        DunningStep(code="suspend", when=DaysFromDue(days=14), actions=(Suspend(),)),
    ),
)  # fmt: skip
TODAY = date(2026, 1, 23)


@pytest.fixture
def dunned(operator: Operator) -> Operator:
    """Four subscribers who owe 24.00 since 15 January; the first one paid on 20 January."""
    operator.tell(PublishDunningPolicy(policy=IN_FORCE, valid_from=date(2026, 1, 1)), today=date(2026, 1, 1))
    operator.subscribers(4, dunning="home")
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(1, "24.00", "A0001")], today=date(2026, 1, 20))
    return operator


def simulated(
    operator: Operator, habits: Habits, policy: DunningPolicy = STRICTER, in_force: DunningPolicy | None = IN_FORCE,
    instead_of: str = "home",
) -> tuple[PolicyEffect, list[AccountForeseen]]:  # fmt: skip
    told: list[AccountForeseen] = []
    question = Question(policy, in_force, instead_of, TODAY, 30)
    simulation = operator.application.policy_simulation()
    return simulation.simulate(question, habits, silent, told.append), told


def day(effect: PolicyEffect, on: date) -> tuple[DayTotals, DayTotals]:
    found = effect.by_day[(on - TODAY).days]
    assert found.on == on
    return found.now, found.then


def test_the_debtors_are_warned_and_suspended_earlier_and_charged_a_fee(dunned: Operator) -> None:
    """The reminder of 22 January is taken today, on the 23rd; 7 days later, not 14, they are suspended."""
    before = dunned.store_contents()
    effect, told = simulated(dunned, NOBODY_PAYS)

    assert dunned.store_contents() == before
    assert (effect.accounts, effect.owing, effect.debt) == (4, 3, Decimal("72.00"))
    assert day(effect, TODAY) == (
        DayTotals(warned=Decimal(3)), DayTotals(warned=Decimal(3), charged=Decimal(3), fees=Decimal("6.00"))
    )  # fmt: skip
    assert day(effect, date(2026, 1, 30)) == (DayTotals(), DayTotals(suspended=Decimal(3)))
    assert day(effect, date(2026, 2, 6)) == (DayTotals(suspended=Decimal(3)), DayTotals())
    assert (effect.suspended_earlier, effect.suspended_later) == (3, 0)
    assert [(row.account, row.debt) for row in told] == [(f"A000{number}", eur("24.00")) for number in (2, 3, 4)]
    assert (told[0].now.suspended_on, told[0].then.suspended_on) == (date(2026, 2, 6), date(2026, 1, 30))
    assert told[0].then.fees == eur("2.00")


def test_half_of_them_pay_five_days_after_each_step(dunned: Operator) -> None:
    """36.00 on 28 January; of the 1.5 accounts suspended on the 30th half pay on 4 February and return."""
    effect, told = simulated(dunned, share_pays(Decimal(50), 5))

    assert [each.comes_in for each in day(effect, date(2026, 1, 28))] == [Decimal("36.00"), Decimal("36.00")]
    assert day(effect, date(2026, 1, 30))[1].suspended == Decimal("1.5")
    assert day(effect, date(2026, 2, 4))[1] == DayTotals(returned=Decimal("0.75"), comes_in=Decimal("18.00"))
    assert day(effect, date(2026, 2, 11))[0] == DayTotals(returned=Decimal("0.75"), comes_in=Decimal("18.00"))
    assert (effect.now.comes_in, effect.then.comes_in) == (Decimal("54.00"), Decimal("54.00"))
    assert told[0].then.comes_in == eur("18.00")


def test_the_same_policy_has_no_difference(dunned: Operator) -> None:
    effect, told = simulated(dunned, share_pays(Decimal(50), 5), policy=IN_FORCE)
    assert effect.now == effect.then and all(row.is_same for row in told)


def test_a_disputed_item_and_a_promise_that_will_break_wait(dunned: Operator) -> None:
    """The promise until 28 January breaks on the 29th, so A0003 is warned then, and suspended a week later."""
    invoice = next(iter(dunned.account("A0002").ledger.open_items))
    dunned.tell(DisputeItem(account="A0002", invoice=invoice, reason="amount"), today=TODAY)
    dunned.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10)), today=TODAY)
    dunned.tell(OpenPromise(account="A0003", until=date(2026, 1, 28)), today=TODAY)

    _, told = simulated(dunned, NOBODY_PAYS)

    fates = {row.account: (row.then.warned_on, row.then.suspended_on) for row in told}
    assert fates["A0002"] == (None, None)
    assert fates["A0003"] == (date(2026, 1, 29), date(2026, 2, 5))
    assert fates["A0004"] == (TODAY, date(2026, 1, 30))


def test_only_accounts_of_the_policy_are_simulated(dunned: Operator) -> None:
    """Without a policy nothing happens; with it they are suspended 14 days after 6 February, on which they owe."""
    dunned.subscribers(2, first=11)
    dunned.bill(date(2026, 1, 24))
    without, told = simulated(dunned, NOBODY_PAYS, in_force=None, instead_of="")
    assert (without.accounts, without.owing, without.suspended_only_then) == (2, 2, 2)
    assert without.now == DayTotals()
    assert [row.then.suspended_on for row in told] == [date(2026, 2, 20)] * 2
    assert simulated(dunned, NOBODY_PAYS)[0].accounts == 4


def test_habits_are_learnt_from_what_the_base_paid(dunned: Operator) -> None:
    """Due on 15 January; one of four paid 5 days later. Of three who owe still, 8 days after it, nobody has."""
    habits = dunned.application.policy_simulation().learn(TODAY, silent)
    assert habits.after == {BEFORE_ANY: {5: Decimal("0.25")}}
    assert REMINDED not in habits.after


# --- fates that are played once


AMOUNTS = st.sampled_from(["5.00", "9.99", "10.00", "30.00", "60.00"])
STEPS = (
    DunningStep(code="soon", when=DaysFromDue(days=-3), message="due-soon", least_amount=Decimal(10)),
    DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue", least_amount=Decimal(10)),
    DunningStep(code="suspend", when=DaysFromDue(days=14), actions=(Suspend(),), least_share_percent=Decimal(200)),
)  # fmt: skip
DAYS = Span(TODAY, TODAY + timedelta(days=60))


@st.composite
def debtors(draw: st.DrawFn) -> Played:
    """One or two items, of few ages and amounts, so that many of them are equal in what matters."""
    items = {
        str(number): OpenItem(TODAY + timedelta(days=draw(st.sampled_from([-20, -8, 4]))), eur(draw(AMOUNTS)))
        for number in range(draw(st.integers(1, 2)))
    }
    taken: dict[str, tuple[TakenStep, ...]] = (
        {"0": (TakenStep("reminder", TODAY - timedelta(days=3)),)} if draw(st.booleans()) else {}
    )
    stop = Stop(TODAY, TODAY + timedelta(days=9), "disputed", "")
    stops: dict[str, tuple[Stop, ...]] = {"0": (stop,)} if draw(st.integers(0, 4)) == 0 else {}
    debtor = Debtor(items, Dunning(taken, stops), eur("20.00"))
    services = {"net": ServiceDunned(draw(st.sampled_from([0, 25])), is_suspended=False)}
    balance = -total((item.amount for item in items.values()), "EUR")
    return Played(debtor, services, balance)


@given(st.lists(debtors(), min_size=2, max_size=30), st.sampled_from([STEPS, STEPS[1:]]), st.booleans())
def test_accounts_of_one_key_have_one_fate(
    accounts: Sequence[Played], steps: tuple[DunningStep, ...], has_limit: bool
) -> None:
    policy = DunningPolicy(
        code="home", name="H", currency="EUR", steps=steps, suspend_below=Decimal(-20) if has_limit else None
    )
    fates: dict[object, object] = {}
    for account in accounts:
        fate = foreseen(policy, account, DAYS, WITHOUT_HOLIDAYS)
        assert fates.setdefault(fate_key(policy, account), fate) == fate
